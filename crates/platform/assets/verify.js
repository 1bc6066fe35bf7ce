// Compares a dropped PDF with the hash on the page. The file stays in this browser.
(() => {
  const drop = document.getElementById("drop");
  if (!drop || !window.crypto?.subtle) return;
  const say = (id) => { for (const one of ["same", "different", "failed"]) document.getElementById(one).hidden = one !== id; };
  const check = async (file) => {
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
      say(hex === drop.dataset.sha256 ? "same" : "different");
    } catch { say("failed"); }
  };
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length) check(event.dataTransfer.files[0]);
  });
  document.getElementById("pdf").addEventListener("change", (event) => { if (event.target.files.length) check(event.target.files[0]); });
})();
