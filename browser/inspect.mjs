// What is wrong with a page as a browser, a telephone and a screen reader meet it.

const WIDE = { width: 1200, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Faults told of one page at one width; the same fault of every line of a list is one to mend. */
const FAULTS_A_PAGE = 5;

/** The faults of the page as it stands, on a telephone and wide. */
export async function faultsSeen(page, lang = "zh-CN") {
  const faults = [];
  for (const size of [PHONE, WIDE]) {
    await page.setViewportSize(size);
    const found = await page.evaluate(faultsOfPage, { lang });
    faults.push(...found.slice(0, FAULTS_A_PAGE).map((fault) => `${new URL(page.url()).pathname} at ${size.width} px: ${fault}`));
  }
  return faults;
}

/** Runs in the page. */
function faultsOfPage({ lang }) {
  const faults = [];
  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (one) => one.checkVisibility();
  const tell = (one) => one.outerHTML.slice(0, 120);
  if (root.scrollWidth > root.clientWidth) {
    const wide = all("main *, header *, footer *").find((one) => one.getBoundingClientRect().right > root.clientWidth + 1 && !one.closest(".scroll"));
    faults.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}: ${wide ? tell(wide) : ""}`);
  }
  for (const one of all("body *").filter((one) => shown(one) && !one.closest("svg, details:not([open])"))) {
    const texts = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!texts.length || ["OPTION", "TEXTAREA", "SCRIPT"].includes(one.tagName)) continue;
    const range = document.createRange();
    for (const text of texts) {
      range.selectNodeContents(text);
      const box = range.getBoundingClientRect();
      if (text.data.trim().length >= 4 && box.width < 30 && box.height > 3 * box.width) faults.push(`squeezed to one sign a line: ${tell(one)}`);
      // In a table or a list of facts, a date that is broken in two cannot be read at a glance.
      if (!one.closest("td, dd, .due")) continue;
      for (const date of text.data.matchAll(/\d{4}-\d\d-\d\d/g)) {
        range.setStart(text, date.index);
        range.setEnd(text, date.index + date[0].length);
        if (new Set([...range.getClientRects()].map((rect) => Math.round(rect.top))).size > 1) faults.push(`date broken in two: ${tell(one)}`);
      }
    }
  }
  if (root.lang !== lang) faults.push(`lang is ${root.lang}`);
  if (all("h1").length !== 1) faults.push(`${all("h1").length} headings h1`);
  if (all("main").length !== 1) faults.push(`${all("main").length} main parts`);
  if (!/\S · \S/.test(document.title)) faults.push(`title is ${document.title}`);
  for (const control of all("input:not([type=hidden], [hidden]), select, textarea")) {
    const name = [...(control.labels ?? [])].map((label) => label.textContent).join("") || control.getAttribute("aria-label");
    if (!name?.trim()) faults.push(`no label: ${tell(control)}`);
  }
  for (const one of all("a[href], button, summary").filter(shown)) {
    if (!(one.innerText.trim() || one.getAttribute("aria-label"))) faults.push(`no name: ${tell(one)}`);
  }
  for (const image of all("img:not([alt])")) faults.push(`no alt: ${tell(image)}`);
  for (const group of all("fieldset")) if (!group.querySelector(":scope > legend")) faults.push(`no legend: ${tell(group)}`);
  const ids = all("[id]").map((one) => one.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push(`id twice: ${id}`);
  for (const one of all("[aria-describedby]")) {
    for (const id of one.getAttribute("aria-describedby").split(" ")) if (!ids.includes(id)) faults.push(`describedby nothing: ${id}`);
  }
  // What is ours to say, and not a name or a fact of the data, is said in the reader's language.
  if (lang === "en") {
    const said = "nav a, button, th, dt, label, legend, h2, h3, caption, summary, .hint, .chip, .notice, .warn, .empty, .lead, .objections strong";
    for (const one of all(said).filter((one) => shown(one) && !one.closest("[lang]:not(html)"))) {
      const own = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join("");
      if (/[\u3400-\u9fff]/.test(own)) faults.push(`not English: ${own.trim().slice(0, 60)}`);
    }
    if (/%\{\w+\}/.test(document.body.innerText)) faults.push("a placeholder is not filled in");
  }
  return faults;
}
