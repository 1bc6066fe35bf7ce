// What turns a case off its straight road, played by the people who meet it: something is missing, time does not suffice, it ends.
import assert from "node:assert/strict";
import { sees, mainText } from "./chromium.mjs";
import { faultsBeside, fillsMaterials, PHONE, state, term, text, troupe } from "./people.mjs";
import { Road } from "./road.mjs";
import { TODAY } from "./server.mjs";

const EXAMINEE = "𠮷田晚舟";
const FILM = [["伤后首次影像片", "影像资料", "2张", "完好"]];
/** Working days: 28, 29, 30 September; 8, 9, 10 (a Saturday that is worked) October; 12 October is the seventh. */
const ACCEPTANCE_DUE = "2026-10-12";
/** Asked for on 25 September and handed in on the 30th, that day is not counted: the seven days are 8, 9, 10, 12, 13, 14, 15 October. */
const ACCEPTANCE_DUE_PAUSED = "2026-10-15";
/** 30 working days from 30 September. */
const DUE = "2026-11-17";
/** Stopped from 1 to 12 October: 8, 9, 10, 12 October are four working days, added after 17 November. */
const DUE_AFTER_PAUSE = "2026-11-23";
/** Ten working days more. */
const DUE_EXTENDED = "2026-12-07";
const RESUMED = "2026-10-12";

const people = troupe({ cases: 0 });
const { day, journey, sitsDown, arrives, onCase, opens, does, isRefused, looksAt, clockMovesTo } = people;
const road = new Road(people);

const dueOf = async (page, label) => (await term(page, label).locator("b").first().innerText()).trim();

const step = journey();

step("the desk asks for what is missing, and says until when the decision is due", async () => {
  await road.entrusts({ examinee: EXAMINEE });
  assert.equal(await dueOf(await onCase("desk-01"), "决定是否受理"), ACCEPTANCE_DUE);
  const page = await opens("desk-01", "要求补充材料");
  await sees(page, `决定是否受理的最后一日是${ACCEPTANCE_DUE}`);
  await isRefused(page, "要求补充材料", 422, "有1处需要修改");
  await faultsBeside(page, ["needed"]);
  await text(page, "需要补充的材料").fill("伤后首次影像片原片，2张");
  await text(page, "请在此日之前补充").fill("2026-09-24");
  await isRefused(page, "要求补充材料", 409, "补充材料的期限早于今天。");
  assert.equal(await text(page, "需要补充的材料").inputValue(), "伤后首次影像片原片，2张", "what was typed is kept");
  await text(page, "请在此日之前补充").fill(RESUMED);
  await does(page, "要求补充材料", "已通知委托人补充材料。");
  assert.equal(await state(page), "待补充材料");
  await sees(page, "补充鉴定材料通知书");
});

step("the client supplies it five days later; the page has both dates, the strict one and the one without those days", async () => {
  await clockMovesTo("2026-09-30");
  const page = await opens("court-01", "补充材料");
  await sees(page, "伤后首次影像片原片，2张");
  await isRefused(page, "补充材料", 422, "有2处需要修改");
  await faultsBeside(page, ["materials", "materials_confirmed"]);
  await fillsMaterials(page, FILM);
  await page.getByLabel("鉴定材料真实、合法，委托人对此负责").check();
  await does(page, "补充材料", "补充的材料已登记。");
  assert.equal(await state(page), "待受理");
  await looksAt(page, "case supplemented");
  const desk = await onCase("desk-01");
  await sees(desk, "伤后首次影像片", ACCEPTANCE_DUE, ACCEPTANCE_DUE_PAUSED);
  await desk.locator("article.term", { hasText: ACCEPTANCE_DUE_PAUSED }).getByText("逐日核对").click();
  await looksAt(desk, "case both dates");
});

step("in examination, the appraiser stops the clock; nobody resumes before the head has approved", async () => {
  await road.goes("begins", "accepts");
  const lead = await onCase(road.lead.login);
  assert.equal(await dueOf(lead, "出具鉴定意见"), DUE);
  const page = await opens(road.lead.login, "暂停计时");
  await isRefused(page, "暂停计时", 422, "有2处需要修改");
  await faultsBeside(page, ["ground", "detail"]);
  await page.getByLabel("需要补充鉴定材料").check();
  await text(page, "具体情况").fill("缺少伤后三个月的复查影像片，已于今天通知委托人。");
  await does(page, "暂停计时", "时限已暂停计算。");
  assert.equal(await state(page), "暂停计时");
  await sees(page, "暂停计时通知书", "需要补充鉴定材料");
  await sees(await onCase("desk-01"), "机构负责人还没有批准这次暂停。");
  const head = await opens("head-01", "批准暂停");
  await sees(head, "缺少伤后三个月的复查影像片，已于今天通知委托人。");
  await does(head, "批准暂停", "已批准暂停。");
  assert.ok(!(await mainText(head)).includes("不同意暂停"), "what is decided is not offered any more");
  await looksAt(head, "case paused");
});

step("a citizen follows the case on her telephone by number and code, and reads nobody's name", async () => {
  const client = await onCase("court-01");
  await client.getByLabel("本案页面").getByRole("link", { name: "进度查询单" }).click();
  await looksAt(client, "tracking slip");
  [day.number, day.code] = await client.locator("dd code").allInnerTexts();
  const [download] = await Promise.all([client.waitForEvent("download"), client.getByRole("link", { name: "打印进度查询单（PDF）" }).click()]);
  assert.match(download.suggestedFilename(), /\.pdf$/);
  const citizen = (people.people.citizen = await sitsDown(PHONE));
  const { page } = citizen;
  await page.goto("/");
  await page.getByRole("link", { name: "进度查询" }).first().click();
  await sees(page, "无须登录，页面不显示任何个人信息。");
  await looksAt(page, "track empty");
  const asks = async (number, code) => {
    await text(page, "查询编号").fill(number);
    await text(page, "查询码").fill(code);
    await page.getByRole("button", { name: "查询进度" }).click();
  };
  await asks(day.number, "0000-0000");
  await sees(page, "查询编号或者查询码不对");
  await looksAt(page, "track wrong");
  assert.equal(await text(page, "查询编号").inputValue(), day.number, "the number stays");
  await asks(day.number, day.code);
  await sees(page, "正在鉴定", "现在暂停计时", "委托人", "（恢复后顺延）");
  assert.match(await page.locator("[aria-current=step]").innerText(), /正在鉴定.*现在/);
  await looksAt(page, "track paused");
  const all = await page.content();
  for (const secret of [EXAMINEE, road.lead.name, road.second.name, "人民法院", "右膝", "影像片", road.institution]) {
    assert.ok(!all.includes(secret), `${secret} is nobody's business`);
  }
  assert.ok(!page.url().includes(day.code), "the code stands in no address");
});

step("the film arrives, the desk resumes: the new date stands beside the reason why", async () => {
  await clockMovesTo(RESUMED);
  const client = await opens("court-01", "补充材料");
  await fillsMaterials(client, [["伤后三个月复查影像片", "影像资料", "1张", "完好"]]);
  await client.getByLabel("鉴定材料真实、合法，委托人对此负责").check();
  await does(client, "补充材料", "补充的材料已登记。");
  assert.equal(await state(client), "暂停计时", "handing in does not resume by itself");
  const page = await opens("desk-01", "恢复计时");
  await isRefused(page, "恢复计时", 422, "有1处需要修改");
  await text(page, "恢复的依据").fill("复查影像片已于今天收到");
  await does(page, "恢复计时", "已恢复，时限继续计算。");
  assert.equal(await state(page), "鉴定中");
  assert.equal(await dueOf(page, "出具鉴定意见"), DUE_AFTER_PAUSE);
  await sees(page, "恢复计时通知书", "复查影像片已于今天收到", "伤后三个月复查影像片（1张）");
  await term(page, "出具鉴定意见").getByText("逐日核对").click();
  await looksAt(page, "case resumed");
  const { page: track } = people.people.citizen;
  await text(track, "查询编号").fill(day.number);
  await text(track, "查询码").fill(day.code);
  await track.getByRole("button", { name: "查询进度" }).click();
  await sees(track, DUE_AFTER_PAUSE, "12天");
  assert.ok(!(await mainText(track)).includes("现在暂停计时"));
  await looksAt(track, "track resumed");
});

step("an extension that is too long is refused with the reason; a proper one is the head's, and has its date and paper", async () => {
  await sees(await onCase("desk-01"), DUE_AFTER_PAUSE);
  const page = await opens("head-01", "延长时限");
  await sees(page, `现在的时限到${DUE_AFTER_PAUSE}为止。`, "延长从这一天起算；机构负责人批准的，一般不超过30个工作日");
  await isRefused(page, "延长时限", 422, "有3处需要修改");
  await faultsBeside(page, ["workdays", "reason", "explanation"]);
  await text(page, "延长的工作日").fill("45");
  await page.getByLabel("涉及特殊技术问题").check();
  await text(page, "说明").fill("需要委托专门实验室复测关节活动度。");
  await page.getByLabel("机构负责人批准").check();
  await isRefused(page, "延长时限", 409, "一般不得超过30个工作日", "请与委托人书面约定新的时限后", "《司法鉴定程序通则》第二十八条");
  assert.equal(await text(page, "说明").inputValue(), "需要委托专门实验室复测关节活动度。", "what was typed is kept");
  await text(page, "延长的工作日").fill("10");
  await does(page, "延长时限", "时限已延长，告知书已生成。");
  assert.equal(await dueOf(page, "出具鉴定意见"), DUE_EXTENDED);
  await sees(await onCase("court-01"), DUE_EXTENDED, "延长鉴定时限告知书");
  await looksAt(people.people["court-01"].page, "case extended");
});

step("after the last day, the head's approval comes too late; a new limit agreed in writing is entered", async () => {
  await clockMovesTo("2026-12-08");
  await sees(await onCase("head-01"), "已超期");
  const page = await opens("head-01", "延长时限", { looks: false });
  await sees(page, "这一时限已经届满");
  await text(page, "延长的工作日").fill("5");
  await page.getByLabel("检验过程需要较长时间").check();
  await text(page, "说明").fill("复测尚未完成。");
  await page.getByLabel("机构负责人批准").check();
  await isRefused(page, "延长时限", 409, `鉴定时限已于${DUE_EXTENDED}届满，事后批准不能补救。`, "此前的超期仍然记录在案");
  await page.getByLabel("与委托人书面约定新的时限").check();
  await isRefused(page, "延长时限", 409, "没有写明书面文件的名称、编号和日期。");
  await text(page, "书面文件").fill("2026年12月8日补充约定");
  await does(page, "延长时限", "时限已延长，告知书已生成。");
  await sees(page, "2026-12-15", "逾期，已另行约定", "出具鉴定意见（重新约定的时限）");
  await looksAt(page, "case new limit");
});

const ends = journey();

ends("a case that nobody can finish is ended, and what was paid goes back but for the work done", async () => {
  await road.entrusts({ examinee: "田归岸" });
  await road.goes("commissions", "accepts");
  const desk = await onCase("desk-01");
  await desk.getByLabel("本案页面").getByRole("link", { name: "费用", exact: true }).click();
  await looksAt(desk, "fees agreed");
  const receipt = desk.locator("section", { has: desk.getByRole("heading", { name: "登记收款" }) });
  assert.equal(await text(desk, "收款金额（元）").inputValue(), "2400.00", "what is owed is filled in");
  await isRefused(desk, "登记收款", 422, "处需要修改");
  await receipt.getByLabel("银行转账").check();
  await text(desk, "付款人").fill("演示付款人");
  await text(desk, "流水号").fill("YX20261208-01");
  await does(desk, "登记收款", "收款");
  await sees(desk, "司法鉴定收费凭据");
  await road.goes("begins", "assigns");

  const page = await opens("head-01", "终止鉴定");
  await text(page, "说明").fill("被鉴定人三次经书面通知不到场，鉴定无法继续。");
  await text(page, "材料退还情况").fill("全部原样退还，由委托人签收");
  await page.getByLabel("诉讼当事人或者被鉴定人").check();
  await isRefused(page, "终止鉴定", 409, "没有选择终止鉴定的理由。", "《司法鉴定程序通则》第二十九条");
  await page.getByLabel("委托人拒不履行义务、被鉴定人拒不配合或者鉴定受到严重干扰，无法继续").check();
  await does(page, "终止鉴定", "已终止鉴定，告知书已生成。");
  assert.equal(await state(page), "终止鉴定");
  await sees(page, "终止鉴定告知书", "被鉴定人三次经书面通知不到场", "已停止（终止）", "被鉴定人拒不配合", "尚未结算退费");
  await looksAt(page, "case terminated");
});

ends("the refund is reckoned first, then settled: sheet and fees page say what goes back and why", async () => {
  const page = await onCase("head-01");
  await page.locator("p.warn", { hasText: "尚未结算退费" }).getByRole("link").click();
  await page.getByRole("heading", { level: 1, name: "田归岸" }).waitFor();
  await looksAt(page, "fees before refund");
  const refund = page.locator("details", { has: page.locator("summary", { hasText: "终止和退费结算" }) });
  assert.ok(await refund.getByText("先核算，看过结果再结算。").isVisible(), "the next thing to do stands open");
  await refund.getByLabel("委托人拒不履行义务、被鉴定人拒不配合或者鉴定活动受到严重干扰").check();
  await refund.getByLabel("当事人", { exact: true }).check();
  await text(page, "已完成的工作（%）").fill("40");
  assert.equal(await people.sends(page, "核算"), 200);
  await sees(page, "已完成的工作占40%。", "留取960.00元，应退1,440.00元。");
  assert.equal(await text(page, "已完成的工作（%）").inputValue(), "40", "what was typed is kept");
  await looksAt(page, "fees refund proposed");
  await text(page, "决定退费（元）").fill("2000");
  await isRefused(page, "结算并生成核算单", 409, "退费2,000.00元与核算的1,440.00元不同，但没有写明理由。");
  await text(page, "决定退费（元）").fill("");
  await does(page, "结算并生成核算单", "费用已结算，退费核算单已生成。");
  await sees(page, "已结算", "1,440.00元", "司法鉴定退费核算单");
  const anew = page.locator("details", { has: page.locator("summary", { hasText: "重新结算退费" }) });
  assert.equal(await anew.getAttribute("open"), null, "what is settled is not asked for again");
  await looksAt(page, "fees refunded");
  const client = await onCase("court-01");
  await client.getByLabel("本案页面").getByRole("link", { name: "费用", exact: true }).click();
  await sees(client, "已退", "1,440.00元");
  const [download] = await Promise.all([client.waitForEvent("download"), client.getByRole("link", { name: "司法鉴定退费核算单" }).click()]);
  assert.match(download.suggestedFilename(), /\.pdf$/);
});
