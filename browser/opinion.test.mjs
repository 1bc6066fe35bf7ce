// An opinion after it was issued: what may still be put right in it and what not, and who may look at the matter once more.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { drop, mainText, sees } from "./chromium.mjs";
import { faultsBeside, fillsMaterials, PHONE, state, text, troupe } from "./people.mjs";
import { ITEM, Road } from "./road.mjs";
import { PASSWORD, TODAY } from "./server.mjs";

const EXAMINEE = "田知微";
/** The demo city's second institution, licensed for the same field. */
const OTHER = { desk: "desk-02", name: "演示·青衡司法鉴定中心" };

const people = troupe({ cases: 0 });
const { day, journey, sitsDown, arrives, onCase, opens, does, isRefused, looksAt } = people;
const road = new Road(people);

const corrects = journey();

corrects("an opinion is issued and delivered, and the client has its file", async () => {
  await road.entrusts({ examinee: EXAMINEE });
  await road.goes("delivers", "accepts");
  const page = await onCase("court-01");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "司法鉴定意见书" }).click()]);
  day.file = await download.path();
  day.pdf = readFileSync(day.file);
  const read = spawnSync("pdftotext", ["-layout", day.file, "-"], { encoding: "utf8" });
  assert.ok(!read.error, "pdftotext is missing: sudo apt-get install poppler-utils");
  day.check = read.stdout.match(/\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b/)?.[0];
  assert.ok(day.check, read.stdout);
});

corrects("a correction that turns the meaning is refused, with what to do instead; nothing is printed", async () => {
  const page = await opens(road.lead.login, "补正");
  await sees(page, "“六、鉴定意见”不能补正");
  assert.equal(await page.getByLabel("六、鉴定意见").count(), 0, "the opinion itself is not offered");
  await isRefused(page, "补正", 422, "处需要修改");
  await faultsBeside(page, ["part", "place", "wrong", "right", "unchanged"]);
  await page.getByLabel("文字表达有瑕疵或者错别字，但不影响鉴定意见").check();
  await page.getByLabel("五、分析说明").check();
  await text(page, "位置").fill("第3页第2行");
  await text(page, "原文").fill("与外力作用相符");
  await text(page, "改为").fill("与外力作用不相符");
  await page.getByLabel("这处改动不改变鉴定意见的原意，我对补正负责并签名").check();
  await text(page, "登录密码").fill(PASSWORD);
  await isRefused(page, "补正", 409, "这处改动会改变鉴定意见的原意，不能补正。", "由委托人申请补充鉴定", "《司法鉴定程序通则》第四十一条");
  assert.equal(await text(page, "改为").inputValue(), "与外力作用不相符", "what was typed is kept");
  await text(page, "原文").fill("意见书里没有的文字");
  await text(page, "登录密码").fill(PASSWORD);
  await isRefused(page, "补正", 409, "“五、分析说明”中没有这段文字。");
  assert.ok(!(await mainText(await onCase(road.lead.login))).includes("补正书"));
});

corrects("a slip of the pen is put right: a letter of its own, the opinion stays as it is", async () => {
  const page = await opens(road.lead.login, "补正", { looks: false });
  await page.getByLabel("文字表达有瑕疵或者错别字，但不影响鉴定意见").check();
  await page.getByLabel("五、分析说明").check();
  await text(page, "位置").fill("第3页第3行");
  await text(page, "原文").fill("片号为A-12");
  await text(page, "改为").fill("片号为A-21");
  await page.getByLabel("这处改动不改变鉴定意见的原意，我对补正负责并签名").check();
  await text(page, "登录密码").fill(PASSWORD);
  await does(page, "补正", "补正书已生成。");
  assert.equal(await state(page), "已送达");
  await looksAt(page, "case corrected");
  const client = await onCase("court-01");
  await sees(client, "司法鉴定意见书补正书");
  const [download] = await Promise.all([client.waitForEvent("download"), client.getByRole("link", { name: "司法鉴定意见书补正书" }).click()]);
  day.letter = await download.path();
});

corrects("whoever verifies the opinion learns of the letter, and can tell both files", async () => {
  const anyone = (people.people.anyone = await sitsDown(PHONE));
  const { page } = anyone;
  await page.goto("/verify");
  await text(page, "核验码").fill(day.check);
  await page.getByRole("button", { name: "核验", exact: true }).click();
  await sees(page, "✓ 本平台签发过这份意见书，其后已补正", "补正书应当与意见书一并使用", TODAY);
  const hash = spawnSync("sha256sum", [day.letter], { encoding: "utf8" }).stdout.slice(0, 64);
  assert.equal(await page.locator("ol.letters code.hash").innerText(), hash, "the letter is named by its hash");
  await looksAt(page, "verify corrected");
  await drop(page, day.pdf);
  await page.locator("#same").waitFor();
  assert.ok(!(await page.content()).includes(EXAMINEE));
});

const again = journey();

async function asksAgain(page, institution, special = "") {
  await page.getByLabel("办案机关认为需要重新鉴定").check();
  await text(page, "理由").fill("当事人对残疾等级有异议，异议成立。");
  await page.locator("#institution_id").selectOption({ label: institution });
  await text(page, "仍由原机构鉴定的特殊原因").fill(special);
  await text(page, "委托鉴定的具体要求").fill("对右膝损伤的残疾等级重新鉴定");
  await text(page, "委托函号").fill("（2026）演0101司鉴委字第91号");
  await fillsMaterials(page, [["住院病历复印件", "书证", "1份", "清晰、完整"]]);
  await page.getByLabel("鉴定材料真实、合法，委托人对此负责").check();
}

again("a re-appraisal does not go to the institution of the first opinion", async () => {
  const page = await opens("court-01", "重新鉴定");
  await isRefused(page, "重新鉴定", 422, "处需要修改");
  await asksAgain(page, road.institution);
  await isRefused(page, "重新鉴定", 409, "重新鉴定应当委托原鉴定机构以外的机构。", "《司法鉴定程序通则》第三十一条、第三十二条");
  assert.equal(await text(page, "委托函号").inputValue(), "（2026）演0101司鉴委字第91号", "what was typed is kept");
});

/** From the first case to the one that followed last. */
async function followsUp(page) {
  await page.goto(day.first);
  await page.getByRole("link", { name: /补充或者重新鉴定/ }).last().click();
  await sees(page, "待受理");
  day.path = new URL(page.url()).pathname;
}

again("where it does it for a special reason after all, the first appraisers are not to be chosen, others are", async () => {
  day.first = day.path;
  const { page } = people.people["court-01"];
  await text(page, "仍由原机构鉴定的特殊原因").fill("本市具备该项检验条件的机构仅此一家。");
  await does(page, "重新鉴定", "重新鉴定的委托已提交。");
  await followsUp(page);
  await road.accepts();
  await road.commissions();
  const head = await opens("head-01", "指派鉴定人");
  const able = await head.locator("table tbody tr").evaluateAll((rows) => rows.map((row) => ({ name: row.cells[2].innerText.trim(), title: row.cells[3].innerText.trim() })));
  const first = [road.lead.name, road.second.name];
  assert.deepEqual(able.filter((one) => first.includes(one.name)), [], "who took part before cannot be chosen");
  await head.locator("summary", { hasText: "不能办理此事项" }).click();
  await sees(head, ...first.map((name) => `${name}参加过原鉴定，应当回避。`));
  const senior = able.find((one) => one.title.includes("高级"));
  assert.ok(senior, `a senior among ${JSON.stringify(able)}`);
  await head.getByLabel(senior.name, { exact: true }).check();
  await head.getByLabel(`第一鉴定人 ${senior.name}`).check();
  await head.getByLabel(able.find((one) => one !== senior).name, { exact: true }).check();
  await does(head, "指派鉴定人", "已指派鉴定人。");
  assert.equal(await state(head), "已指派");
});

again("another institution gets it without more ado, and does not see the first file", async () => {
  const own = day.path;
  day.path = day.first;
  const page = await opens("court-01", "重新鉴定", { looks: false });
  await asksAgain(page, OTHER.name);
  await does(page, "重新鉴定", "重新鉴定的委托已提交。");
  await followsUp(page);
  assert.notEqual(day.path, own);
  await sees(page, OTHER.name);
  await looksAt(page, "case re-appraisal of client");
  const desk = await onCase(OTHER.desk);
  await sees(desk, EXAMINEE, ITEM, `是：${road.institution}`, road.lead.name);
  await looksAt(desk, "case re-appraisal of desk");
  assert.equal((await desk.goto(day.first)).status(), 404, "the first file is not theirs to read");
  const head = await arrives("head-01");
  assert.equal((await head.goto(day.path)).status(), 404, "nor the second the first institution's");
});
