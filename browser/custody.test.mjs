// A material goes from hand to hand on telephones: the label is scanned, the giver offers, the taker confirms.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { sees } from "./chromium.mjs";
import { faultsBeside, PHONE, text, troupe } from "./people.mjs";
import { Road } from "./road.mjs";
import { PASSWORD } from "./server.mjs";

const people = troupe({ cases: 0 });
const { day, journey, arrives, onCase, does, isRefused, looksAt } = people;
const road = new Road(people);
const step = journey();

const tool = (name, ...args) => {
  const done = spawnSync(name, args);
  assert.ok(!done.error, `${name} is missing: scripts/packages test lists what to install`);
  return done.stdout;
};

/** The deed's form on a material's page, unfolded. */
async function deed(page, name) {
  const fold = page.locator("details.deed", { has: page.locator("summary", { hasText: new RegExp(`^${name}$`) }) });
  await fold.waitFor();
  if (!(await fold.getAttribute("open") !== null)) await fold.locator("summary").click();
  return fold;
}

const chain = async (page) => (await page.locator(".timeline li > b").allInnerTexts()).reverse();

step("the desk receives what the client sent, and prints labels", async () => {
  await road.entrusts({ examinee: "𠮷田知微" });
  await road.goes("declare", "accepts");
  const page = await onCase("desk-01");
  await page.getByLabel("本案页面").getByRole("link", { name: "材料流转", exact: true }).click();
  await looksAt(page, "materials arriving");
  for (const box of await page.locator("fieldset.arriving input[type=checkbox]").all()) await box.check();
  for (const field of await page.locator("fieldset.arriving input[name^=state_]").all()) await field.fill("");
  await isRefused(page, "接收勾选的材料", 422, "处需要修改");
  for (const field of await page.locator("fieldset.arriving input[name^=state_]").all()) await field.fill("完好");
  await does(page, "接收勾选的材料", "材料已接收，登记表已生成。");
  await sees(page, "流转核对：每件材料都已接收");
  await looksAt(page, "materials received");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "下载标签（PDF）" }).click()]);
  const file = await download.path();
  const picture = tool("pdftoppm", "-png", "-r", "300", "-l", "1", file);
  const read = spawnSync("zbarimg", ["-q", "--raw", "-"], { input: picture, encoding: "utf8" });
  assert.ok(!read.error, "zbarimg is missing: sudo apt-get install zbar-tools");
  day.labels = read.stdout.trim().split("\n");
  const code = await page.locator("tr", { hasText: "右膝MRI片" }).locator("code").innerText();
  day.label = day.labels.find((one) => one.endsWith(`/M/${code}`));
  assert.ok(day.label, `${day.labels} has /M/${code}`);
});

step("the appraiser scans the label with a telephone: signs in, and reads in whose hand the material is", async () => {
  // From here on at the bench, with a telephone that has not signed in.
  await people.people[road.lead.login].leaves();
  const phone = (people.people[road.lead.login] = await people.sitsDown(PHONE));
  await phone.page.goto(day.label);
  await sees(phone.page, "登录名");
  await looksAt(phone.page, "scan signed out");
  await text(phone.page, "登录名").fill(road.lead.login);
  await text(phone.page, "密码").fill(PASSWORD);
  await phone.page.locator("main").getByRole("button", { name: "登录" }).click();
  await sees(phone.page, "右膝MRI片", "受理员01", "报告下落不明");
  assert.equal(await phone.page.locator("summary", { hasText: /^(交给同事|确认交接)$/ }).count(), 0, "who does not hold it cannot give it");
  assert.deepEqual(await chain(phone.page), ["随委托登记", "接收"]);
  await looksAt(phone.page, "material of another");
});

step("the desk hands it over on a telephone; nothing has moved until the taker confirms", async () => {
  await people.people["desk-01"].leaves();
  people.people["desk-01"] = Object.assign(await people.sitsDown(PHONE), { wasAway: true });
  const page = await arrives("desk-01");
  await page.goto(day.label);
  await sees(page, "右膝MRI片");
  await looksAt(page, "material in hand");
  let form = await deed(page, "交给同事");
  assert.equal(await people.sends(page, "交给同事", form), 422);
  await faultsBeside(page, ["offer_to"]);
  form = await deed(page, "交给同事");
  await form.getByLabel("交给谁").selectOption({ label: road.lead.name });
  await form.getByLabel("备注").fill("当面清点3张");
  await does(page, "交给同事", "已提出，等待对方确认。", form);
  await sees(page, `等待${road.lead.name}确认`);
  assert.match(await page.locator(".head .chip").innerText(), /受理员01/, "still in the giver's hand");
  await looksAt(page, "material offered");
});

step("the taker finds it among what waits, confirms, and the chain shows both", async () => {
  const page = await arrives(road.lead.login);
  await page.goto("/custody");
  await page.getByLabel("材料分组").getByRole("link", { name: /待.*确认|等.*确认/ }).click();
  await sees(page, "右膝MRI片", `等待${road.lead.name}确认`);
  await looksAt(page, "custody waiting");
  await page.getByRole("link", { name: "右膝MRI片" }).click();
  const form = await deed(page, "确认交接");
  await sees(page, "请当面核对材料和封签后确认");
  await looksAt(page, "material to confirm");
  await does(page, "确认交接", "交接已确认。", form);
  assert.match(await page.locator(".head .chip").innerText(), new RegExp(road.lead.name));
  assert.deepEqual(await chain(page), ["随委托登记", "接收", "提出交接", "确认交接"]);
  await sees(page, "当面清点3张");
  await looksAt(page, "material confirmed");
});

step("who does not hold it any more cannot hand it on, even with a form that was still open", async () => {
  const page = await arrives("desk-01");
  assert.equal(await page.locator("details.deed", { hasText: "撤回交接" }).count(), 1, "the giver's page is from before");
  const form = await deed(page, "撤回交接");
  assert.equal(await people.sends(page, "撤回交接", form), 409);
  await sees(page, "没有办理，材料没有变动：", "已登记“确认交接”");
  await page.goto(day.label);
  await sees(page, `${road.lead.name}`);
  assert.equal(await page.locator("summary", { hasText: "交给同事" }).count(), 0);
});

step("a label of nowhere: the desk is told, and where to look", async () => {
  const page = await arrives("desk-01");
  await page.goto("/custody");
  await text(page, "扫描标签或者输入编号").fill("QQQQQQQQ");
  await page.getByRole("button", { name: "打开材料" }).click();
  await page.locator(".fault").waitFor();
  await looksAt(page, "custody unknown label");
});
