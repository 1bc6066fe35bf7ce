import { Person, startChromium } from "./chromium.mjs";
const base = "http://127.0.0.1:8090";
const chromium = await startChromium();
const trouble = [];
const shots = [
  ["supervisor", [["hints", "/supervision/hints"], ["archive", "/archive?show=filed"]]],
  ["head-01", [["work", "/work"], ["custody", "/custody"], ["places", "/custody/places"], ["fees", "/fees"], ["imports", "/imports"], ["notices", "/notices"], ["tokens","/account/tokens"]]],
];
const cases = { "head-01": ["in_examination", "issued", "archived", "terminated"] };
for (const [who, pages] of shots) {
  for (const [w, label] of [[1200, "w"], [390, "p"]]) {
    const person = await (await Person.sitsDown(chromium, base, trouble, { viewport: { width: w, height: 900 } })).signIn(who);
    const { page } = person;
    const go = async (name, path) => { const r = await page.goto(path); if (r.status() != 200) console.log(name, path, r.status()); await page.screenshot({ path: `/tmp/look/${name}-${label}.png`, fullPage: true }); const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth); if (over > 0) console.log(name, label, "overflows", over); };
    for (const [name, path] of pages) await go(name, path);
    for (const state of cases[who] ?? []) {
      await page.goto(`/work?show=all&state=${state}`);
      const link = page.locator("main td a[href^='/cases/']").first();
      if (!(await link.count())) { console.log("none", state); continue; }
      const href = await link.getAttribute("href");
      for (const tab of ["", "/materials", "/fees", "/records", "/volume", "/opinion", "/notices", "/tracking"]) await go(`case-${state}${tab.replace("/", "-")}`, href + tab);
    }
    await person.context.close();
  }
}
console.log(trouble.join("\n"));
await chromium.close();
