// goverify checks a log of ours with Go's own checksum-database code, none of ours.
//
//	apt-get install golang-go golang-golang-x-mod-dev
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o goverify goverify.go
//	./goverify "$(cat log.vkey)" NEWDIR [OLDDIR]
//
// NEWDIR and OLDDIR are copies of the log's folder. It checks the signature, every entry against its leaf hash, every tile
// against the root, a proof for entries spread over the log, and that NEWDIR continues OLDDIR. Exit code 0: all of it
// holds; 1: something was changed; 2: the history was rewritten.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(code int, format string, args ...interface{}) {
	fmt.Printf("FAIL "+format+"\n", args...)
	os.Exit(code)
}

func number(n int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	return path
}

func tilePath(level string, n int64, width int) string {
	path := "tile/" + level + "/" + number(n)
	if width < 256 {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

// reader gives tlog the tiles of a folder.
type reader struct{ dir string }

func (r reader) Height() int                        { return 8 }
func (r reader) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(filepath.Join(r.dir, tilePath(fmt.Sprint(t.L), t.N, t.W)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func open(dir string, key note.Verifier) tlog.Tree {
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		fail(1, "%v", err)
	}
	signed, err := note.Open(text, note.VerifierList(key))
	if err != nil {
		fail(1, "checkpoint of %s: %v", dir, err)
	}
	// tlog.ParseTree wants Go's own first line; a checkpoint has the log's name there.
	lines := strings.SplitN(signed.Text, "\n", 2)
	if lines[0] != key.Name() {
		fail(1, "checkpoint of another log: %s", lines[0])
	}
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + lines[1]))
	if err != nil {
		fail(1, "checkpoint: %v", err)
	}
	return tree
}

func main() {
	key, err := note.NewVerifier(strings.TrimSpace(os.Args[1]))
	if err != nil {
		fail(1, "key: %v", err)
	}
	dir := os.Args[2]
	tree := open(dir, key)
	fmt.Printf("signature holds: %d entries, root %v\n", tree.N, tree.Hash)
	hashes := tlog.TileHashReader(tree, reader{dir})
	if tree.N > 0 {
		root, err := tlog.TreeHash(tree.N, hashes)
		if err != nil || root != tree.Hash {
			fail(1, "root: %v %v", root, err)
		}
	}
	// Every entry. All stored hashes are computed again from the entries and compared with every tile.
	var stored []tlog.Hash
	memory := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, i := range at {
			found = append(found, stored[i])
		}
		return found, nil
	})
	var leaves []tlog.Hash
	for n := int64(0); n*256 < tree.N; n++ {
		width := int(tree.N - n*256)
		if width > 256 {
			width = 256
		}
		bundle, err := os.ReadFile(filepath.Join(dir, tilePath("entries", n, width)))
		if err != nil {
			fail(1, "%v", err)
		}
		for i := 0; i < width; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				fail(1, "bundle %d is cut off", n)
			}
			size := int(binary.BigEndian.Uint16(bundle))
			entry := bundle[2 : 2+size]
			bundle = bundle[2+size:]
			more, err := tlog.StoredHashes(n*256+int64(i), entry, memory)
			if err != nil {
				fail(1, "%v", err)
			}
			stored = append(stored, more...)
			leaves = append(leaves, tlog.RecordHash(entry))
		}
		if len(bundle) != 0 {
			fail(1, "bundle %d has something after its entries", n)
		}
	}
	if tree.N > 0 {
		if root, err := tlog.TreeHash(tree.N, memory); err != nil || root != tree.Hash {
			fail(1, "leaf: the entries lead to %v, signed is %v", root, tree.Hash)
		}
	}
	var tiles []tlog.Tile
	for _, t := range tlog.NewTiles(8, 0, tree.N) {
		// Go lists the partial tiles of all smaller sizes; this size needs the widest.
		if last := len(tiles) - 1; last >= 0 && tiles[last].L == t.L && tiles[last].N == t.N {
			tiles[last] = t
		} else {
			tiles = append(tiles, t)
		}
	}
	for _, t := range tiles {
		wanted, err := tlog.ReadTileData(t, memory)
		if err != nil {
			fail(1, "%v", err)
		}
		found, err := os.ReadFile(filepath.Join(dir, tilePath(fmt.Sprint(t.L), t.N, t.W)))
		if err != nil || string(found) != string(wanted) {
			fail(1, "tile %d/%d does not follow from the entries", t.L, t.N)
		}
	}
	step := tree.N/200 + 1
	for i := int64(0); i < tree.N; i += step {
		proof, err := tlog.ProveRecord(tree.N, i, hashes)
		if err != nil {
			fail(1, "proof of %d: %v", i, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, leaves[i]); err != nil {
			fail(1, "proof of %d: %v", i, err)
		}
	}
	fmt.Printf("%d entries, %d tiles of hashes, proofs hold\n", len(leaves), len(tiles))
	if len(os.Args) > 3 {
		old := open(os.Args[3], key)
		if old.N > tree.N {
			fail(2, "the log shrank from %d to %d", old.N, tree.N)
		}
		if old.N > 0 {
			proof, err := tlog.ProveTree(tree.N, old.N, hashes)
			if err == nil {
				err = tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
			}
			if err != nil {
				fail(2, "consistency: history was rewritten between %d and %d entries: %v", old.N, tree.N, err)
			}
		}
		fmt.Printf("continues %s (%d entries)\n", os.Args[3], old.N)
	}
	fmt.Println("OK")
}
