// Comfort on top of pages that work without it.
// A table of inputs grows by a row when its last row is used.
document.addEventListener("input", (event) => {
  const row = event.target.closest("table[data-grow] tbody tr");
  if (!row || row.nextElementSibling) return;
  const next = row.cloneNode(true);
  for (const input of next.querySelectorAll("input")) input.value = "";
  row.after(next);
});
