//! T1: the arithmetic over every leaf and every pair of sizes up to 300, at random up to a million, against the definition
//! and against two published crates.

use crate::support::{Chance, Forest};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ledger::Hash;
use ledger::tree::{self, Range, Wrong};
use sha2::Sha256;

const SIZES: u64 = 300;

/// RFC 6962, 2.1, word for word.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::empty_root(),
        [one] => *one,
        _ => {
            let mut k = 1;
            while 2 * k < leaves.len() {
                k *= 2;
            }
            Hash::node(&by_definition(&leaves[..k]), &by_definition(&leaves[k..]))
        }
    }
}

/// The roots of RFC 6962's own test tree (as in the Go, C++ and Java logs): eight entries, given here in hex.
#[test]
fn the_roots_of_the_reference_tree_come_out() {
    let entries: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let hex = |hash: Hash| hash.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut range = Range::new();
    assert_eq!(hex(range.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (entry, root) in entries.iter().zip(roots) {
        range.append(Hash::leaf(entry));
        assert_eq!(hex(range.root()), root, "after {} entries", range.size());
    }
}

#[test]
fn every_leaf_of_every_size_is_proven_and_nothing_else_is() {
    let forest = Forest::of(SIZES);
    let leaves = &forest.0[0];
    let mut range = Range::new();
    let mut oracle = MemoryBackedTree::<Sha256, [u8; 8]>::new();
    for size in 1..=SIZES {
        range.append(leaves[size as usize - 1]);
        oracle.push((size - 1).to_be_bytes());
        let root = tree::root(size, &mut forest.nodes()).unwrap();
        assert_eq!(root, range.root(), "{size} leaves, appended");
        assert_eq!(root, by_definition(&leaves[..size as usize]), "{size} leaves, by definition");
        assert_eq!(root.0, <[u8; 32]>::from(*oracle.root().as_bytes()), "{size} leaves, ct-merkle");
        for index in 0..size {
            let proof = tree::prove_inclusion(index, size, &mut forest.nodes()).unwrap();
            let leaf = leaves[index as usize];
            assert_eq!(tree::verify_inclusion(index, size, &leaf, &proof, &root), Ok(()), "{index} of {size}");
            let bytes: Vec<u8> = proof.iter().flat_map(|hash| hash.0).collect();
            assert_eq!(oracle.prove_inclusion(index as usize).as_bytes(), bytes, "{index} of {size}, ct-merkle");
            // The same proof for a neighbour, shortened or prolonged shows nothing.
            let other = (index + 1) % size;
            if other != index {
                assert!(
                    tree::verify_inclusion(other, size, &leaf, &proof, &root).is_err(),
                    "{other} for {index} of {size}"
                );
                let short = &proof[..proof.len() - 1];
                assert_eq!(tree::verify_inclusion(index, size, &leaf, short, &root), Err(Wrong::TooShort));
            }
            let long = [proof.as_slice(), &[leaf]].concat();
            assert_eq!(tree::verify_inclusion(index, size, &leaf, &long, &root), Err(Wrong::TooLong));
        }
        assert_eq!(
            tree::prove_inclusion(size, size, &mut forest.nodes()),
            Err(Wrong::Beyond { index: size, size }),
            "beyond {size}"
        );
    }
}

#[test]
fn every_pair_of_sizes_is_proven_consistent_and_no_other_root_is() {
    let forest = Forest::of(SIZES);
    let roots: Vec<Hash> = (0..=SIZES).map(|size| tree::root(size, &mut forest.nodes()).unwrap()).collect();
    let mut oracle = MemoryBackedTree::<Sha256, [u8; 8]>::new();
    for new in 1..=SIZES {
        oracle.push((new - 1).to_be_bytes());
        let root = &roots[new as usize];
        for old in 1..=new {
            let proof = tree::prove_consistency(old, new, &mut forest.nodes()).unwrap();
            let before = &roots[old as usize];
            assert_eq!(tree::verify_consistency(old, new, &proof, before, root), Ok(()), "{old} to {new}");
            let bytes: Vec<u8> = proof.iter().flat_map(|hash| hash.0).collect();
            let theirs = oracle.prove_consistency((new - old) as usize);
            assert_eq!(theirs.as_bytes(), bytes, "{old} to {new}, ct-merkle");
            let forged = Hash::leaf(&before.0);
            assert!(
                tree::verify_consistency(old, new, &proof, &forged, root).is_err(),
                "{old} to {new}, other old root"
            );
            assert!(
                tree::verify_consistency(old, new, &proof, before, &forged).is_err(),
                "{old} to {new}, other new root"
            );
            let long = [proof.as_slice(), &[forged]].concat();
            assert!(tree::verify_consistency(old, new, &long, before, root).is_err(), "{old} to {new}, prolonged");
            if old > 1 {
                let smaller = tree::verify_consistency(old - 1, new, &proof, before, root);
                assert!(smaller.is_err(), "{} to {new} with the proof for {old}", old - 1);
            }
        }
    }
}

/// Degenerate cases, as the head of `tree.rs` decides them.
#[test]
fn what_proves_nothing_is_refused() {
    let (one, empty) = (Hash::leaf(b""), Hash::empty_root());
    for (old, new, proof, old_root, new_root, expected, why) in [
        (0, 0, vec![], empty, empty, Err(Wrong::Nothing), "nothing from nothing"),
        (0, 1, vec![], empty, one, Err(Wrong::Nothing), "an empty log proves nothing of what follows"),
        (1, 1, vec![], one, one, Ok(()), "the same tree"),
        (1, 1, vec![one], one, one, Err(Wrong::TooLong), "the same tree needs no proof"),
        (2, 1, vec![], one, one, Err(Wrong::Shrinks { old: 2, new: 1 }), "a log does not shrink"),
        (1, 2, vec![], one, one, Err(Wrong::TooShort), "growth needs a proof"),
        (u64::MAX, u64::MAX, vec![], one, one, Ok(()), "the largest size does not overflow"),
        (1, u64::MAX, vec![], one, one, Err(Wrong::TooShort), "nor does a growth to it"),
    ] {
        assert_eq!(tree::verify_consistency(old, new, &proof, &old_root, &new_root), expected, "{why}");
    }
    assert_eq!(
        tree::verify_inclusion(0, 0, &one, &[], &empty),
        Err(Wrong::Beyond { index: 0, size: 0 }),
        "nothing is in it"
    );
    assert_eq!(tree::verify_inclusion(0, 1, &one, &[], &one), Ok(()), "the only entry is its own root");
}

/// The published port of Go's code, over our nodes.
struct Theirs<'a>(&'a Forest);

impl tlog_tiles::HashReader for Theirs<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let read = |index: &u64| {
            let (level, at) = tlog_tiles::split_stored_hash_index(*index);
            tlog_tiles::Hash(self.0.0[usize::from(level)][at as usize].0)
        };
        Ok(indexes.iter().map(read).collect())
    }
}

#[test]
fn random_trees_of_up_to_a_million_leaves_agree_with_the_published_crates() {
    const LEAVES: u64 = 1_000_000;
    let forest = Forest::of(LEAVES);
    let theirs = Theirs(&forest);
    let mut chance = Chance(6962);
    for round in 0..300 {
        let size = 1 + chance.below(LEAVES);
        let (index, old) = (chance.below(size), 1 + chance.below(size));
        let root = tree::root(size, &mut forest.nodes()).unwrap();
        assert_eq!(tlog_tiles::tree_hash(size, &theirs).unwrap().0, root.0, "root of {size}");
        let proof = tree::prove_inclusion(index, size, &mut forest.nodes()).unwrap();
        let leaf = forest.0[0][index as usize];
        assert_eq!(tree::verify_inclusion(index, size, &leaf, &proof, &root), Ok(()), "{index} of {size}");
        let record = tlog_tiles::prove_record(size, index, &theirs).unwrap();
        assert!(record.iter().map(|hash| hash.0).eq(proof.iter().map(|hash| hash.0)), "{index} of {size}, tlog_tiles");
        let before = tree::root(old, &mut forest.nodes()).unwrap();
        let growth = tree::prove_consistency(old, size, &mut forest.nodes()).unwrap();
        assert_eq!(tree::verify_consistency(old, size, &growth, &before, &root), Ok(()), "{old} to {size}");
        let their_root = tlog_tiles::Hash(root.0);
        let their_growth = growth.iter().map(|hash| tlog_tiles::Hash(hash.0)).collect();
        let checked = tlog_tiles::check_tree(&their_growth, size, their_root, old, tlog_tiles::Hash(before.0));
        assert!(checked.is_ok(), "{old} to {size}, tlog_tiles");
        // One bit anywhere in either proof and it shows nothing.
        for (name, hashes) in [("inclusion", &proof), ("growth", &growth)] {
            if hashes.is_empty() {
                continue;
            }
            let mut forged = hashes.clone();
            let at = chance.below(forged.len() as u64) as usize;
            chance.flip(&mut forged[at].0);
            let holds = match name {
                "inclusion" => tree::verify_inclusion(index, size, &leaf, &forged, &root),
                _ => tree::verify_consistency(old, size, &forged, &before, &root),
            };
            assert!(holds.is_err(), "{name}, round {round}");
        }
    }
}

/// Every subtree of every tree up to 70 leaves, from the definition.
#[test]
fn every_subtree_is_consistent_with_its_tree_only() {
    let forest = Forest::of(70);
    let leaves = &forest.0[0];
    for size in 1..=70_u64 {
        for (start, end) in (0..size).flat_map(|start| (start + 1..=size).map(move |end| (start, end))) {
            let width = (end - start).next_power_of_two();
            let root = by_definition(&leaves[start as usize..end as usize]);
            for index in start..end {
                let proof = tree::prove_inclusion(index - start, end - start, &mut |node| {
                    let lo = (start + (node.index << node.level)) as usize;
                    Ok::<_, Wrong>(by_definition(&leaves[lo..lo + (1 << node.level)]))
                });
                let held =
                    tree::verify_subtree_inclusion(index, start, end, &leaves[index as usize], &proof.unwrap(), &root);
                assert_eq!(held.is_ok(), start % width == 0, "{index} in {start}..{end}");
                if size > 20 {
                    break;
                }
            }
        }
    }
}
