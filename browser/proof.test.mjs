// A judge with a PDF and its proof file: checked in the browser, offline by the program, and refused when anything differs.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Person, startChromium } from "./chromium.mjs";
import { binary, startCity } from "./server.mjs";

let city, chromium;
const trouble = [];
const folder = mkdtempSync(join(tmpdir(), "sijian-proof-"));
const pdf = join(folder, "opinion.pdf"), proof = join(folder, "opinion.tlog-proof"), policy = join(folder, "policy.txt");

before(async () => {
  [city, chromium] = await Promise.all([startCity({ cases: 120 }), startChromium()]);
});

after(async () => {
  await chromium?.close();
  await city?.stop();
});

test("a PDF and its proof hold together in the browser and offline, and anything changed is refused", async () => {
  const client = await (await Person.sitsDown(chromium, city.base, trouble)).signIn("court-01");
  await client.page.goto("/work?show=all&state=archived");
  await client.page.goto(await client.page.locator("main td a[href^='/cases/']").first().getAttribute("href"));
  const [opinion] = await Promise.all([client.page.waitForEvent("download"), client.page.getByRole("link", { name: "司法鉴定意见书" }).click()]);
  await opinion.saveAs(pdf);
  const printed = spawnSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" }).stdout;
  const code = printed.match(/\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b/)?.[0];
  assert.ok(code, printed);

  const anyone = await Person.sitsDown(chromium, city.base, trouble);
  const { page } = anyone;
  await page.goto(`/verify/${code.replaceAll("-", "")}`);
  // The log takes the whole new city in when it starts; the page's link works from then on.
  await page.waitForFunction(async (path) => (await fetch(path)).ok, `/verify/${code.replaceAll("-", "")}/proof`);
  trouble.length = 0;
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "下载证明文件" }).click()]);
  await file.saveAs(proof);
  assert.ok(readFileSync(proof).length <= 2048, "a proof file of 2 KB at most");
  const proven = page.locator("#proven"), unproven = page.locator("#unproven");
  await page.getByLabel("选择PDF文件").setInputFiles(pdf);
  await page.locator("#same").waitFor();
  assert.ok(!(await proven.isVisible()) && !(await unproven.isVisible()));
  await page.getByLabel("选择证明文件").setInputFiles(proof);
  await proven.waitFor();

  const changed = readFileSync(proof, "utf8");
  const lines = changed.split("\n");
  const sibling = lines.findIndex((line, at) => at > 2 && line.length === 44);
  lines[sibling] = (lines[sibling][0] === "A" ? "B" : "A") + lines[sibling].slice(1);
  const forged = join(folder, "forged.tlog-proof");
  writeFileSync(forged, lines.join("\n"));
  await page.getByLabel("选择证明文件").setInputFiles(forged);
  await unproven.waitFor();
  assert.ok(!(await proven.isVisible()));

  writeFileSync(policy, Buffer.from(await (await page.request.get("/log/policy.txt")).body()));
  const sijian = (...args) => spawnSync(binary(), ["verify", ...args, "--policy", policy], { encoding: "utf8" });
  const good = sijian(pdf, proof);
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout, /已证明/);
  const bad = sijian(pdf, forged);
  assert.notEqual(bad.status, 0);
  assert.match(bad.stdout, /未能证明/);
  assert.deepEqual(trouble, []);
});
