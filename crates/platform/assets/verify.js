// Compares a dropped PDF with the hash on the page, and checks a dropped proof file against the log's key. Both stay in this browser.
(() => {
  const drop = document.getElementById("drop");
  if (!drop || !window.crypto?.subtle) return;
  const encode = new TextEncoder();
  const show = (ids, shown) => { for (const id of ids) document.getElementById(id).hidden = id !== shown; };
  const say = (id) => show(["same", "different", "failed"], id);
  const bytes = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return all;
  };
  const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
  let pdf = null, proof = null;

  // RFC 6962: the root that the entry and its siblings lead to.
  const root = async (leaf, index, size, siblings) => {
    let hash = await sha256(joined([0], leaf)), node = BigInt(index), last = BigInt(size) - 1n;
    if (node > last) throw new Error("beyond");
    for (const sibling of siblings) {
      if (last === 0n) throw new Error("too many");
      if (node & 1n || node === last) {
        hash = await sha256(joined([1], sibling, hash));
        while (!(node & 1n) && node !== 0n) { node >>= 1n; last >>= 1n; }
      } else hash = await sha256(joined([1], hash, sibling));
      node >>= 1n; last >>= 1n;
    }
    if (last !== 0n) throw new Error("too few");
    return hash;
  };

  // The checkpoint's text is signed by the log's key (C2SP signed-note, Ed25519).
  const signed = async (text, lines, vkey) => {
    // Base64 has a + of its own: only the first two divide.
    const [name, id, ...key] = vkey.split("+"), raw = bytes(key.join("+"));
    const known = await crypto.subtle.importKey("raw", raw.slice(1), "Ed25519", false, ["verify"]);
    for (const line of lines) {
      const [, who, what] = line.match(/^— (\S+) (\S+)$/) ?? [];
      if (who !== name || hex(bytes(what).slice(0, 4)) !== id) continue;
      return crypto.subtle.verify("Ed25519", known, bytes(what).slice(4), encode.encode(text));
    }
    return false;
  };

  const check = async () => {
    if (!pdf || !proof) return;
    const parts = ["proven", "proven-withdrawal", "unproven", "unable"];
    try {
      const [head, note] = [proof.slice(0, proof.indexOf("\n\n")), proof.slice(proof.indexOf("\n\n") + 2)];
      const [, extra, place, ...siblings] = head.split("\n");
      const enclosed = bytes(extra.replace(/^extra /, ""));
      const key = enclosed.slice(1, 33), leaf = enclosed.slice(33);
      const text = note.slice(0, note.indexOf("\n\n") + 1);
      const [origin, size, top] = text.split("\n");
      const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      const record = encode.encode(JSON.stringify({ sha256: pdf }));
      const commitment = new Uint8Array(await crypto.subtle.sign("HMAC", hmac, record));
      const [version, kind, facts, committed] = new TextDecoder().decode(leaf).split("\n");
      const reached = await root(leaf, place.replace(/^index /, ""), size, siblings.map(bytes));
      const holds = enclosed[0] === 1 && version === "sijian-leaf/v1" && kind.startsWith("opinion.")
        && same(bytes(committed), commitment) && same(reached, bytes(top)) && drop.dataset.log.startsWith(`${origin}+`);
      let isSigned;
      try { isSigned = await signed(text, note.slice(text.length + 1).split("\n"), drop.dataset.log); }
      catch (error) { if (error.name === "NotSupportedError") return show(parts, "unable"); throw error; }
      if (!holds || !isSigned) return show(parts, "unproven");
      if (kind !== "opinion.withdrawn") return show(parts, "proven");
      // The letter that takes an opinion back, not an opinion.
      document.getElementById("proven-withdrawal-number").textContent = JSON.parse(facts).number;
      show(parts, "proven-withdrawal");
    } catch { show(parts, "unproven"); }
  };

  const take = async (files) => {
    for (const file of files) {
      try {
        const content = await file.arrayBuffer(), start = new TextDecoder().decode(content.slice(0, 22));
        if (start === "c2sp.org/tlog-proof@v1") proof = new TextDecoder().decode(content);
        else {
          pdf = hex(await sha256(content));
          say(pdf === drop.dataset.sha256 ? "same" : "different");
        }
      } catch { say("failed"); }
    }
    await check();
  };
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); take(event.dataTransfer.files); });
  for (const id of ["pdf", "proof"]) document.getElementById(id).addEventListener("change", (event) => take(event.target.files));
})();
