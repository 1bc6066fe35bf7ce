// Comfort in the draft of an opinion; the page works without it.
// Evidence goes into the part it belongs to, or into the part one is writing in.
let last = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("#draft textarea")) last = event.target;
});
for (const button of document.querySelectorAll("button.insert")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = last || document.getElementById(button.dataset.part);
    const at = field.selectionStart === field.selectionEnd && last ? field.selectionStart : field.value.length;
    const before = field.value.slice(0, at);
    const joint = before && !before.endsWith("\n") && !last ? "\n" : "";
    field.setRangeText(joint + button.dataset.insert, at, at, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
// Characters so far, counted as the server counts them.
document.addEventListener("input", (event) => {
  const shown = document.getElementById(event.target.dataset?.count || "");
  if (shown) shown.textContent = [...event.target.value.trim()].length;
});
// A passage that is selected in a part is quoted in the reviewer's comment.
document.addEventListener("mouseup", quote);
document.addEventListener("keyup", quote);
function quote(event) {
  const form = document.getElementById("comment");
  if (!form || form.contains(event.target)) return;
  const chosen = document.getSelection();
  const from = chosen?.anchorNode?.parentElement?.closest("[data-part]");
  const text = chosen?.toString().trim();
  if (!text || !from || from !== chosen.focusNode?.parentElement?.closest("[data-part]")) return;
  form.elements.quote.value = text;
  form.elements.part.value = from.dataset.part;
}
