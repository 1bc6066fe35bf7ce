// Makes the README's pictures from a demo city of its own: `make pictures`.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { drop, Person, sees, startChromium } from "./chromium.mjs";
import { startCity } from "./server.mjs";

const CASES = 1500;
const WIDTH = 1200;
/** Pictures are looked at on a page that should load at once. */
const BYTES_MAX = 250_000;

const out = join(import.meta.dirname, "..", "docs", "pictures");
mkdirSync(out, { recursive: true });
const [city, chromium] = await Promise.all([startCity({ cases: CASES }), startChromium()]);
const trouble = [];

/** One picture of what is on the screen, not longer than `height`. */
async function picture(page, name, height) {
  const { width } = page.viewportSize();
  const tall = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(height, tall) });
  await page.evaluate(() => { document.activeElement.blur(); window.scrollTo(0, 0); });
  keep(name, await page.screenshot({ path: join(out, `${name}.png`) }));
}

function keep(name, bytes) {
  if (bytes.length > BYTES_MAX) throw new Error(`${name}.png has ${bytes.length} bytes, at most ${BYTES_MAX} are wanted`);
  console.log(`docs/pictures/${name}.png  ${Math.round(bytes.length / 1000)} kB`);
}

const firstCase = async (page, query) => {
  await page.goto(`/work?show=all&${query}`);
  return page.locator("main td a[href^='/cases/']").first().getAttribute("href");
};

try {
  const officer = await (await Person.sitsDown(chromium, city.base, trouble)).signIn("supervisor");
  await picture(officer.page, "queue", 760);

  const head = await (await Person.sitsDown(chromium, city.base, trouble)).signIn("head-01");
  const inWork = await firstCase(head.page, "state=assigned");
  await head.page.goto(inWork);
  await picture(head.page, "case", 900);
  await head.page.locator("header").getByRole("button", { name: "English" }).click();
  await head.page.locator("html[lang=en]").waitFor();
  await picture(head.page, "case-english", 900);

  const phone = await Person.sitsDown(chromium, city.base, trouble, { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
  await phone.signIn("supervisor");
  await picture(phone.page, "queue-phone", 844);

  const client = await (await Person.sitsDown(chromium, city.base, trouble)).signIn("court-01");
  await client.page.goto(await firstCase(client.page, "state=archived"));
  const [download] = await Promise.all([client.page.waitForEvent("download"), client.page.getByRole("link", { name: "司法鉴定意见书" }).click()]);
  const pdf = await download.path();
  const drawn = spawnSync("pdftoppm", ["-png", "-singlefile", "-f", "1", "-l", "1", "-scale-to-x", String(WIDTH), "-scale-to-y", "-1", pdf, join(out, "opinion")]);
  if (drawn.error) console.log("no picture of the opinion: pdftoppm is missing (apt-get install poppler-utils)");
  else keep("opinion", { length: statSync(join(out, "opinion.png")).size });

  const code = spawnSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" }).stdout?.match(/\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b/)?.[0];
  if (!code) throw new Error("no check code: pdftotext is missing (apt-get install poppler-utils)");
  const anyone = await Person.sitsDown(chromium, city.base, trouble);
  await anyone.page.goto(`/verify/${code}`);
  await drop(anyone.page, readFileSync(pdf));
  await sees(anyone.page, "一致");
  await picture(anyone.page, "verify", 900);

  // Below the facts: what a proof file shows, and what one changed byte does.
  const { page } = anyone;
  const proofPath = `/verify/${code.replaceAll("-", "")}/proof`;
  await page.waitForFunction(async (path) => (await fetch(path)).ok, proofPath);
  trouble.length = 0;
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "下载证明文件" }).click()]);
  await page.setViewportSize({ width: WIDTH, height: 900 });
  await page.getByLabel("选择PDF文件").setInputFiles(pdf);
  await page.locator("#same").waitFor();
  await page.getByLabel("选择证明文件").setInputFiles(await file.path());
  await page.locator("#proven").waitFor();
  const shows = async (name) => keep(name, await page.locator("section", { has: page.locator("#drop") }).screenshot({ path: join(out, `${name}.png`) }));
  await shows("verify-proof");
  const changed = readFileSync(pdf);
  changed[Math.floor(changed.length / 3)] ^= 1;
  await page.getByLabel("选择PDF文件").setInputFiles({ name: "changed.pdf", mimeType: "application/pdf", buffer: changed });
  await page.locator("#different").waitFor();
  await shows("verify-different");
  if (trouble.length) throw new Error(trouble.join("\n"));
} finally {
  await chromium.close();
  await city.stop();
}
