// A judge with a PDF and its proof file: checked in the browser, offline by the program, and refused when anything differs.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Person, startChromium } from "./chromium.mjs";
import { PASSWORD, binary, startCity } from "./server.mjs";

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

test("the head withdraws an opinion, and page, letter and log tell everybody", async () => {
  trouble.length = 0;
  const head = await (await Person.sitsDown(chromium, city.base, trouble)).signIn("head-01");
  const { page } = head;
  await page.goto("/work?show=all&state=archived");
  const address = await page.locator("main td a[href^='/cases/']").first().getAttribute("href");
  await page.goto(address);
  const download = async (link) => {
    const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
    return file;
  };
  const own = join(folder, "withdrawn.pdf"), ownProof = join(folder, "withdrawn.tlog-proof");
  await (await download(page.getByRole("link", { name: "司法鉴定意见书", exact: true }))).saveAs(own);
  const printed = spawnSync("pdftotext", ["-layout", own, "-"], { encoding: "utf8" }).stdout;
  const code = printed.match(/\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b/)[0].replaceAll("-", "");
  writeFileSync(ownProof, Buffer.from(await (await page.request.get(`/verify/${code}/proof`)).body()));
  writeFileSync(policy, Buffer.from(await (await page.request.get("/log/policy.txt")).body()));
  const sijian = (...args) => spawnSync(binary(), ["verify", ...args, "--policy", policy, "--log", `${city.base}/log/public`], { encoding: "utf8" });
  const before = sijian(own, ownProof);
  assert.equal(before.status, 0, before.stdout + before.stderr);
  assert.match(before.stdout, /没有此意见书的补正或者撤销/);

  // Everything is asked for at once; what was typed stays, but for the password.
  await page.goto(`${address}/do/withdraw_opinion`);
  const send = page.getByRole("button", { name: "撤销鉴定意见" });
  await page.getByLabel("鉴定程序严重违法").check();
  await page.getByLabel("说明").fill("复查发现采样时没有见证人在场，属于程序严重违法。");
  await page.getByLabel("已经被人民法院采信").check();
  await page.getByLabel("我代表本机构撤销").check();
  await page.getByLabel("登录密码").fill(PASSWORD);
  await send.click();
  await page.getByText("没有写明人民法院和案号").waitFor();
  trouble.length = 0;
  await page.getByLabel("人民法院和案号").fill("示例区人民法院（2026）示01民初1号");
  await page.getByLabel("登录密码").fill(PASSWORD);
  if (process.env.SIJIAN_PICTURES) await page.screenshot({ path: join(process.env.SIJIAN_PICTURES, "withdraw-form.png"), fullPage: true });
  await send.click();
  await page.getByText("请勿再作为依据使用").first().waitFor();
  if (process.env.SIJIAN_PICTURES) await page.screenshot({ path: join(process.env.SIJIAN_PICTURES, "withdraw-case.png"), fullPage: true });
  const letter = join(folder, "letter.pdf"), letterProof = join(folder, "letter.tlog-proof");
  await (await download(page.getByRole("link", { name: "撤销鉴定意见书告知书" }))).saveAs(letter);
  if (process.env.SIJIAN_PICTURES) writeFileSync(join(process.env.SIJIAN_PICTURES, "letter.pdf"), readFileSync(letter));

  const anyone = await Person.sitsDown(chromium, city.base, trouble);
  await anyone.page.goto(`/verify/${code}`);
  await anyone.page.locator(".verdict.withdrawn.card, section.verdict.withdrawn").getByText("由签发机构撤销").waitFor();
  await anyone.page.getByText("鉴定程序严重违法").waitFor();
  // The original is still the original, and the page says what that is worth.
  await anyone.page.getByLabel("选择PDF文件").setInputFiles(own);
  await anyone.page.locator("#same").waitFor();
  await anyone.page.locator("#original-withdrawn").waitFor();
  if (process.env.SIJIAN_PICTURES) await anyone.page.screenshot({ path: join(process.env.SIJIAN_PICTURES, "withdraw-verify.png"), fullPage: true });
  // The letter proves itself, as what it is.
  await anyone.page.waitForFunction(async (path) => (await fetch(path)).ok, `/verify/${code}/proof?of=withdrawal`);
  trouble.length = 0;
  writeFileSync(letterProof, Buffer.from(await (await anyone.page.request.get(`/verify/${code}/proof?of=withdrawal`)).body()));
  await anyone.page.getByLabel("选择PDF文件").setInputFiles(letter);
  await anyone.page.getByLabel("选择证明文件").setInputFiles(letterProof);
  await anyone.page.locator("#proven-withdrawal").waitFor();
  assert.match(await anyone.page.locator("#proven-withdrawal-number").innerText(), /鉴字第/);

  const after = sijian(own, ownProof);
  assert.notEqual(after.status, 0, "an opinion that is withdrawn is not one to rely on");
  assert.match(after.stdout, /已证明[^]*此意见书已被撤销/);
  assert.deepEqual(trouble, []);
});
