// A client lets an institution be drawn: published, drawn at the log's next checkpoint, and recomputed by anybody.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Person, startChromium, sees } from "./chromium.mjs";
import { ITEM } from "./road.mjs";
import { binary, startCity } from "./server.mjs";

let city, chromium;
const trouble = [];
const folder = mkdtempSync(join(tmpdir(), "sijian-draw-"));

before(async () => {
  [city, chromium] = await Promise.all([startCity({ cases: 0 }), startChromium()]);
});

after(async () => {
  await chromium?.close();
  await city?.stop();
});

test("a draw waits for no other act: its checkpoint comes, and the transcript holds without the platform", async () => {
  const client = await (await Person.sitsDown(chromium, city.base, trouble)).signIn("court-01");
  const { page } = client;
  await page.goto("/draws/quick");
  await page.getByLabel("鉴定事项").selectOption({ label: ITEM });
  await page.getByRole("button", { name: "公布候选名单" }).click();
  await sees(page, "方案已公布");
  await sees(page, "公布的时刻还没有到");
  const draw = page.getByRole("button", { name: "抽取", exact: true });
  // Nobody does anything meanwhile: the sequencer keeps the appointment by itself.
  for (let look = 0; look < 60 && !(await draw.count()); look++) {
    await page.waitForTimeout(500);
    await page.reload();
  }
  await draw.click();
  await sees(page, "抽取结果");
  await sees(page, "公示日志第");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "下载抽取记录（JSON）" }).click()]);
  const transcript = join(folder, "draw.json");
  await download.saveAs(transcript);
  const key = (await page.locator("code").allInnerTexts()).find((text) => text.includes("/log/public+"));
  assert.ok(key, "the log's key stands on the page");

  await city.stop();
  const sijian = spawnSync(binary(), ["draw", "verify", transcript, "--log-key", key], { encoding: "utf8" });
  assert.equal(sijian.status, 0, sijian.stderr);
  assert.match(sijian.stdout, /The draw holds/);
  const python = spawnSync("python3", ["-B", join(import.meta.dirname, "../docs/verify/draw.py"), transcript], { encoding: "utf8" });
  assert.equal(python.status, 0, python.stdout + python.stderr);
  assert.match(python.stdout, /The draw holds/);
  assert.deepEqual(trouble, []);
});
