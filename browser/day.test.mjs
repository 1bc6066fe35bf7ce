// One appraisal from entrustment to the archive, played by the people who do it, each in a browser of his own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { drop, mainText, sees } from "./chromium.mjs";
import { faultsBeside, state, text, troupe } from "./people.mjs";
import { PASSWORD, TODAY } from "./server.mjs";

/** The first sign is beyond the basic plane (U+20BB7): four bytes, two UTF-16 units, and only in the fonts for rare names. */
const EXAMINEE = "𠮷田砚秋";
const ITEM = "人体残疾等级鉴定";
/** 30 working days from 2026-09-25, itself a holiday (Mid-Autumn); 1 to 7 October off, Saturday 10 October worked. */
const DUE = "2026-11-12";
const FAULTY_PHONE = "电话在隔壁";
const FACTS = "2026年3月2日，被鉴定人驾驶电动自行车与小型轿车相撞，右膝受伤。住院治疗21日后出院。";
const THE_OPINION = "被鉴定人右膝关节功能部分丧失，构成人体损伤十级残疾。";
const SEND_BACK = "请在分析说明中引用分级标准的条款。";
const REVIEWED = "方法恰当，论证充分。";
const LATE_SENTENCE = "第二鉴定人补写：关节活动度以健侧对照，复测三次取平均值。";

const { day, people, journey, sitsDown, arrives, onCase, opens, sends, does, isRefused } = troupe();
const step = journey();

step("the sign-in page names the people of the first institution", async () => {
  const clerk = await sitsDown();
  await clerk.page.goto("/work");
  await sees(clerk.page, "演示账户");
  assert.match(clerk.page.url(), /sign-in\?next=\/work/, "whoever is not signed in is sent to sign in");
  const rows = await clerk.page.locator("table.list tbody tr").evaluateAll((all) =>
    all.map((row) => Array.from(row.cells, (cell) => cell.innerText.trim())));
  day.cast = rows.map(([role, name, organisation, login]) => ({ role, name, organisation, login }));
  day.institution = day.cast.find((one) => one.login === "desk-01").organisation;
  await text(clerk.page, "登录名").fill("court-01");
  await text(clerk.page, "密码").fill("falsch");
  assert.equal(await sends(clerk.page, "登录"), 422);
  await sees(clerk.page, "登录名或密码");
  assert.equal(await text(clerk.page, "登录名").inputValue(), "court-01", "the login stays");
  await clerk.signIn("court-01");
  people["court-01"] = clerk;
});

step("the court's clerk begins an entrustment, and the draft outlives a reload", async () => {
  const page = await arrives("court-01");
  await page.getByRole("link", { name: "委托鉴定" }).click();
  await page.getByRole("button", { name: "新的委托" }).click();
  assert.match(await text(page, "委托单位").inputValue(), /人民法院/, "what is known of the client is there");
  await text(page, "姓名或者名称").fill(EXAMINEE);
  await text(page, "与鉴定有关的基本案情").fill(FACTS);
  assert.equal(await sends(page, "保存草稿"), 200);
  await sees(page, "草稿已保存");
  await page.reload();
  assert.equal(await text(page, "姓名或者名称").inputValue(), EXAMINEE);
  assert.equal(await text(page, "与鉴定有关的基本案情").inputValue(), FACTS);
});

step("the draft saves itself while she types", async () => {
  const page = await arrives("court-01");
  const saved = page.waitForResponse((response) => response.request().method() === "POST");
  await text(page, "委托函号").pressSequentially("（2026）演0101");
  assert.equal((await saved).status(), 200);
  await page.reload();
  assert.equal(await text(page, "委托函号").inputValue(), "（2026）演0101");
});

step("sent with faults, all of them are told beside their fields, and what was typed is kept", async () => {
  const page = await arrives("court-01");
  await text(page, "委托函号").fill("");
  await page.locator("#client_phone").fill(FAULTY_PHONE);
  await text(page, "身份证号码").fill("110105194912310021");
  assert.equal(await sends(page, "提交委托"), 422);
  const faulty = ["client_letter", "client_phone", "item", "institution_id", "matter", "purpose", "examinee_id_number", "materials", "materials_confirmed"];
  await faultsBeside(page, faulty);
  assert.equal(await page.locator(".fault").count(), faulty.length, "no fault is missing from the list and none is too many");
  await sees(page, `有${faulty.length}处需要修改`, "草稿已保存");
  assert.equal(await page.locator("#client_phone").inputValue(), FAULTY_PHONE);
  assert.equal(await text(page, "身份证号码").inputValue(), "110105194912310021");
  assert.equal(await text(page, "姓名或者名称").inputValue(), EXAMINEE);
});

step("put right, it is a case", async () => {
  const page = await arrives("court-01");
  await text(page, "委托函号").fill("（2026）演0101司鉴委字第88号");
  await page.locator("#client_phone").fill("021-12345678");
  await text(page, "身份证号码").fill("11010519491231002X");
  await page.locator("#item").selectOption({ label: ITEM });
  await page.locator("#institution_id").selectOption({ label: day.institution });
  await text(page, "委托鉴定的具体要求").fill(`对${EXAMINEE}右膝损伤的残疾等级进行鉴定`);
  await page.getByLabel("民事诉讼").check();
  await page.getByLabel("男", { exact: true }).check();
  await text(page, "出生日期").fill("1949-12-31");
  const rows = page.locator("table[data-grow] tbody tr");
  const before = await rows.count();
  for (const [n, cells] of [["住院病历复印件", "书证", "1份", "清晰、完整"], ["右膝MRI片", "影像资料", "3张", "完好"]].entries()) {
    for (const [at, cell] of cells.entries()) await rows.nth(n).locator("input").nth(at).fill(cell);
  }
  await rows.nth(before - 1).locator("input").first().fill("出院小结");
  assert.equal(await rows.count(), before + 1, "the table grows when its last row is used");
  await rows.nth(before - 1).locator("input").nth(2).fill("1份");
  await page.getByLabel("鉴定材料真实、合法，委托人对此负责").check();
  await does(page, "提交委托", "委托已提交，鉴定机构将在7个工作日内决定是否受理。");
  day.path = new URL(page.url()).pathname;
  assert.match(day.path, /^\/cases\/[^/]+$/);
  assert.equal(await state(page), "待受理");
  await sees(page, EXAMINEE, "出院小结", "110105********002X", "决定是否受理");
  await page.goto("/entrust");
  await sees(page, "我的草稿");
  assert.ok(!(await mainText(page)).includes(EXAMINEE), "the draft has become the case");
});

step("the desk finds it by one sign of the name; unticked checks are refused, each with its article", async () => {
  const page = await arrives("desk-01");
  await page.getByLabel("查找案件").fill("𠮷");
  await page.getByRole("button", { name: "查找" }).click();
  await page.getByRole("link", { name: EXAMINEE }).click();
  assert.equal(new URL(page.url()).pathname, day.path);
  await page.locator(".step").getByRole("link", { name: "受理", exact: true }).click();
  assert.equal(await sends(page, "受理"), 422, "nothing is agreed yet");
  await faultsBeside(page, ["fee", "fee_way", "materials_return"]);
  await text(page, "审查意见").fill("材料齐备，来函要求明确。");
  await text(page, "鉴定费用（元）").fill("2400.50");
  await text(page, "收取方式").fill("受理时一次收取");
  await page.getByLabel("鉴定材料须完整无损退还").check();
  assert.equal(await sends(page, "受理"), 409);
  const objections = await page.locator(".objections li").allInnerTexts();
  const checks = await page.locator("input[name=answers]").count();
  assert.equal(objections.length, checks, objections.join("\n"));
  for (const objection of objections) assert.match(objection, /受理审查没有通过：.*《.+》第.+条/s);
  assert.equal(await text(page, "审查意见").inputValue(), "材料齐备，来函要求明确。", "what was typed is kept");
  assert.equal(await text(page, "鉴定费用（元）").inputValue(), "2400.50");
});

step("the desk accepts; whoever still has the form open is told, and loses no text", async () => {
  const page = await arrives("desk-01");
  const head = await opens("head-01", "受理");
  await head.getByLabel("审查意见").fill("负责人同时写下的审查意见。");
  await head.getByLabel("鉴定费用（元）").fill("1");
  await head.getByLabel("收取方式").fill("免收");
  await head.getByLabel("鉴定材料无须退还").check();
  for (const check of await page.locator("input[name=answers]").all()) await check.check();
  await does(page, "受理", "已受理，等待签订委托书。");
  assert.equal(await state(page), "已受理待签约");
  await sees(page, "受理审查表", "司法鉴定告知书", "2,400.50 元");
  for (const check of await head.locator("input[name=answers]").all()) await check.check();
  assert.equal(await sends(head, "受理"), 409);
  await sees(head, "已办理“受理”", "负责人同时写下的审查意见。");
});

step("the client agrees: the code is given, the term runs with its explanation", async () => {
  const page = await opens("court-01", "签订委托书");
  await sees(page, "鉴定风险提示", "2,400.50 元");
  assert.equal(await sends(page, "签订委托书"), 422);
  await faultsBeside(page, ["agreed"]);
  await page.getByLabel("双方已就上述约定事项达成一致，委托书即日生效").check();
  await does(page, "签订委托书", "平台已赋统一案件编号");
  assert.equal(await state(page), "已签委托书");
  day.code = await page.locator("dt:has-text('统一案件编号') + dd").innerText();
  assert.match(day.code, /^\d{6}-2026-[0-9A-Z]{8}-[0-9A-Z]$/);
  const term = page.locator("article.term", { hasText: "出具鉴定意见" });
  assert.match(await term.innerText(), new RegExp(`起算日 ${TODAY}.*30 ?个工作日.*${DUE}`, "s"));
  await term.getByText("逐日核对").click();
  const explained = await term.locator(".explain").innerText();
  assert.match(explained, /国庆/);
  assert.doesNotMatch(await mainText(page), /受理审查表/, "the institution's own paper is not the client's");
  await sees(page, "司法鉴定委托书");
});

step("the head cannot assign one appraiser alone; assigns two", async () => {
  const page = await opens("head-01", "指派鉴定人");
  const able = await page.locator("table tbody tr").evaluateAll((rows) => rows.map((row) => row.cells[2].innerText.trim()));
  const of = (role) => day.cast.filter((one) => one.role === role && one.organisation.startsWith(day.institution));
  day.lead = of("鉴定人").find((one) => able.includes(one.name));
  // The second may review, too: only not this case.
  day.second = of("复核人").find((one) => able.includes(one.name));
  day.reviewer = of("复核人").find((one) => one !== day.second);
  assert.ok(day.lead && day.second && day.reviewer, `the sign-in page names enough people fit for ${ITEM}; the form: ${able}`);
  await page.getByLabel(day.lead.name, { exact: true }).check();
  await page.getByLabel(`第一鉴定人 ${day.lead.name}`).check();
  assert.equal(await sends(page, "指派鉴定人"), 409);
  await sees(page, "选了1名鉴定人，至少需要两名。", "《司法鉴定程序通则》第十八条、第十九条");
  assert.ok(await page.getByLabel(day.lead.name, { exact: true }).isChecked(), "the choice is kept");
  await page.getByLabel(day.second.name, { exact: true }).check();
  await does(page, "指派鉴定人", "已指派鉴定人。");
  assert.equal(await state(page), "已指派");
});

step("both declare, and only the lead begins", async () => {
  const page = await onCase(day.lead.login);
  await sees(page, `${day.lead.name}还没有作回避声明。`, `${day.second.name}还没有作回避声明。`);
  for (const login of [day.lead.login, day.second.login]) {
    const form = await opens(login, "回避声明");
    assert.equal(await sends(form, "回避声明"), 422);
    await faultsBeside(form, ["none"]);
    await form.getByLabel("没有应当回避的情形").check();
    await does(form, "回避声明", "回避声明已记录。");
  }
  await sees(await onCase(day.second.login), `本步骤由第一鉴定人${day.lead.name}办理。`);
  // Nobody begins with what the house does not have: the front desk receives what the client announced.
  await sees(await onCase(day.lead.login), "还没有接收");
  const desk = await onCase("desk-01");
  await desk.getByRole("link", { name: "材料流转", exact: true }).last().click();
  for (const box of await desk.locator("fieldset.arriving input[type=checkbox]").all()) await box.check();
  for (const field of await desk.locator("fieldset.arriving input[name^=state_]").all()) await field.fill("完好");
  await does(desk, "接收勾选的材料", "材料已接收，登记表已生成。");
  const form = await opens(day.lead.login, "开始鉴定");
  await form.getByLabel("已领取鉴定材料，名称、数量、性状与登记相符").check();
  await does(form, "开始鉴定", "鉴定已开始。");
  assert.equal(await state(form), "鉴定中");
});

step("the examination is recorded", async () => {
  const page = await opens(day.lead.login, "记录鉴定并起草意见书");
  await text(page, "鉴定开始日期").fill(TODAY);
  await text(page, "鉴定结束日期").fill("2026-09-26");
  await text(page, "在场人员").fill("无");
  await page.getByLabel("行业标准和技术规范").check();
  await text(page, "采用的标准或者方法").fill("《人体损伤致残程度分级》；《法医临床检验规范》SF/T 0111-2021");
  await text(page, "鉴定过程记录").fill("右膝关节屈曲90°，伸直-5°；左膝关节屈曲135°，伸直0°。");
  assert.equal(await sends(page, "记录鉴定并起草意见书"), 409);
  await sees(page, "鉴定日期应当先后有序，并且不晚于今天。");
  await text(page, "鉴定结束日期").fill(TODAY);
  await does(page, "记录鉴定并起草意见书", "鉴定记录已保存，可以起草意见书。");
  assert.equal(await state(page), "起草意见书");
  await sees(page, "意见书还没有起草。");
});

step("two appraisers write at once: neither loses a word", async () => {
  const [first, other] = [await onCase(day.lead.login), await onCase(day.second.login)];
  for (const page of [first, other]) await page.getByRole("link", { name: "意见书草稿" }).first().click();
  assert.equal(await text(first, "二、基本案情").inputValue(), FACTS, "what is known is there already");
  assert.match(await text(first, "四、鉴定过程").inputValue(), /SF\/T 0111-2021\n.*右膝关节屈曲90°/);
  await text(first, "三、资料摘要").fill("演示医院住院病历：右膝前交叉韧带断裂，外侧半月板损伤。");
  await text(first, "五、分析说明").fill("右膝关节活动度丧失与本次损伤有直接因果关系。");
  await text(first, "六、鉴定意见").fill(THE_OPINION);
  await does(first, "保存草稿", "草稿已保存。");
  await text(other, "五、分析说明").fill(LATE_SENTENCE);
  assert.equal(await sends(other, "保存草稿"), 409);
  await sees(other, `${day.lead.name}已保存了新版本`);
  assert.equal(await text(other, "五、分析说明").inputValue(), LATE_SENTENCE);
  await other.getByText("查看对方保存的版本").click();
  await sees(other, THE_OPINION);
  await text(other, "三、资料摘要").fill("演示医院住院病历：右膝前交叉韧带断裂，外侧半月板损伤。");
  await text(other, "五、分析说明").fill(`右膝关节活动度丧失与本次损伤有直接因果关系。${LATE_SENTENCE}`);
  await text(other, "六、鉴定意见").fill(THE_OPINION);
  await does(other, "保存草稿", "草稿已保存。");
  await sees(other, "第2版");
});

step("the client does not see the draft", async () => {
  const page = await arrives("court-01");
  assert.equal((await page.goto(`${day.path}/opinion`)).status(), 404);
  assert.equal((await page.goto(`${day.path}/opinion/preview`)).status(), 404);
});

step("to the review: none of the case's appraisers may review it", async () => {
  await sees(await onCase(day.second.login), `本步骤由第一鉴定人${day.lead.name}办理。`);
  const page = await opens(day.lead.login, "提交复核");
  await does(page, "提交复核", "已提交复核。");
  const own = await onCase(day.second.login);
  await sees(own, `${day.second.name}是本案的鉴定人，不能复核自己的意见。`, "《司法鉴定程序通则》第三十五条");
  assert.equal(await own.getByRole("link", { name: "复核通过" }).count(), 0);
  await own.goto(`${day.path}/do/approve`);
  await text(own, "关于鉴定程序").fill("符合规定。");
  await text(own, "关于鉴定意见").fill("恰当。");
  assert.equal(await sends(own, "复核通过"), 409, "nor by the form's address");
  await sees(await onCase(day.second.login), "复核中");
});

step("the reviewer sends it back once, then approves", async () => {
  let page = await opens(day.reviewer.login, "退回修改");
  assert.equal(await sends(page, "退回修改"), 422);
  await text(page, "退回意见").fill(SEND_BACK);
  await does(page, "退回修改", "已退回修改。");
  assert.equal(await state(page), "起草意见书");
  page = await onCase(day.lead.login);
  await sees(page, SEND_BACK);
  await page.getByRole("link", { name: "意见书草稿" }).first().click();
  const analysis = text(page, "五、分析说明");
  await analysis.fill(`${await analysis.inputValue()}\n依照《人体损伤致残程度分级》5.10.6之规定。`);
  await does(page, "保存草稿", "草稿已保存。");
  await does(await opens(day.lead.login, "提交复核"), "提交复核", "已提交复核。");
  page = await opens(day.reviewer.login, "复核通过");
  await text(page, "关于鉴定程序").fill("委托受理、鉴定人、材料、时限和记录符合规定。");
  await text(page, "关于鉴定意见").fill(REVIEWED);
  await does(page, "复核通过", "复核已通过。");
  await sees(page, "复核通过待签发", "司法鉴定复核意见");
});

step("not issued before both have signed; then issued", async () => {
  await sees(await onCase("head-01"), `${day.lead.name}还没有签名。`, `${day.second.name}还没有签名。`);
  for (const login of [day.lead.login, day.second.login]) {
    const page = await opens(login, "签名");
    assert.equal(await sends(page, "签名"), 422);
    await page.getByLabel("我已通读意见书全文，对其内容负责，同意以本人名义签名").check();
    await text(page, "登录密码").fill("not this one");
    await isRefused(page, "签名", 422, "密码不正确");
    await text(page, "登录密码").fill(PASSWORD);
    await does(page, "签名", "已签名。");
  }
  const page = await opens("head-01", "签发意见书");
  await text(page, "登录密码").fill(PASSWORD);
  await does(page, "签发意见书", "意见书已签发。");
  assert.equal(await state(page), "已签发");
  day.number = await page.locator("dt:has-text('意见书编号') + dd").innerText();
  assert.match(day.number, /2026.*第\d+号/);
});

step("the client downloads the opinion: it is the PDF with name, number and check code", async () => {
  const page = await onCase("court-01");
  for (const internal of ["司法鉴定复核意见", SEND_BACK, REVIEWED]) {
    assert.ok(!(await mainText(page)).includes(internal), `the review is not the client's: ${internal}`);
  }
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "司法鉴定意见书" }).click()]);
  assert.match(download.suggestedFilename(), /\.pdf$/);
  day.file = await download.path();
  day.pdf = readFileSync(day.file);
  assert.equal(day.pdf.subarray(0, 5).toString(), "%PDF-");
  const read = spawnSync("pdftotext", ["-layout", day.file, "-"], { encoding: "utf8" });
  assert.ok(!read.error, "pdftotext is missing: sudo apt-get install poppler-utils");
  const printed = read.stdout;
  const plain = printed.replace(/\s/g, "");
  for (const wanted of [EXAMINEE, day.number, day.code, day.institution, day.lead.name, day.second.name, THE_OPINION, LATE_SENTENCE]) {
    assert.ok(plain.includes(wanted.replace(/\s/g, "")), `the PDF says ${wanted}:\n${printed}`);
  }
  assert.ok(!plain.includes(day.reviewer.name), "reviewers do not appear in the opinion");
  day.check = printed.match(/\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b/)?.[0];
  assert.ok(day.check, printed);
});

step("anyone verifies it, and the file does not leave the browser", async () => {
  const anyone = (people.anyone = await sitsDown());
  const { page } = anyone;
  await page.goto("/");
  await page.getByLabel("核验码").fill(day.check.toLowerCase().replaceAll("-", " "));
  await page.getByRole("button", { name: "核验" }).click();
  await sees(page, "本平台签发过这份意见书", day.number, day.institution, day.lead.name, day.second.name, ITEM, TODAY, day.code);
  const all = await page.content();
  for (const secret of [EXAMINEE, "人民法院", "右膝", day.reviewer.name]) assert.ok(!all.includes(secret), `${secret} is nobody's business`);
  const same = page.locator("#same"), different = page.locator("#different");
  assert.ok(!(await same.isVisible()) && !(await different.isVisible()));
  const asked = anyone.requests.length;

  await drop(page, day.pdf);
  await same.waitFor();
  assert.match(await same.innerText(), /^✓ 一致/);
  assert.ok(!(await different.isVisible()));

  const flipped = Buffer.from(day.pdf);
  flipped[Math.floor(flipped.length / 2)] ^= 1;
  await drop(page, flipped);
  await different.waitFor();
  assert.match(await different.innerText(), /^✗ 不一致/);
  assert.ok(!(await same.isVisible()));

  // The same by choosing the file.
  await page.getByLabel("选择PDF文件").setInputFiles(day.file);
  await same.waitFor();
  // The tab's icon is fetched by the browser itself whenever it likes, on a slow machine after the page has settled.
  const sinceThen = anyone.requests.slice(asked).filter((request) => !(request.method() === "GET" && new URL(request.url()).pathname === "/assets/sijian.svg"));
  assert.deepEqual(sinceThen.map((request) => `${request.method()} ${request.url()}`), [], "nothing is asked, nothing is sent");
});

step("a wrong code is not found, and the page says what to do", async () => {
  const { page } = people.anyone;
  const last = day.check.at(-1);
  const wrong = day.check.slice(0, -1) + (last === "7" ? "8" : "7");
  assert.equal((await page.goto(`/verify/${wrong}`)).status(), 404);
  await sees(page, "没有使用此核验码的意见书。", "请核对意见书封面上的16位核验码");
  assert.equal(await text(page, "核验码").inputValue(), wrong, "the code stays, to be put right");
  assert.equal((await page.goto(`/V/${day.check.replaceAll("-", "")}`)).status(), 200, "the QR code's address leads there, too");
});

step("the desk delivers, the archivist closes the volume", async () => {
  let page = await opens("desk-01", "送达");
  assert.equal(await text(page, "送达日期").inputValue(), TODAY);
  await page.getByLabel("自取").check();
  await does(page, "送达", "已登记送达。");
  page = await opens("archive-01", "归档");
  assert.equal(await sends(page, "归档"), 422);
  await text(page, "存放位置").fill("档案室A-03-2026-018");
  await does(page, "归档", "已归档。");
  assert.equal(await state(page), "已归档");
  await sees(page, "此案的办理已经结束。", "按期完成", "档案室A-03-2026-018");
  const order = await page.locator(".timeline li > b").allInnerTexts();
  assert.deepEqual(order.reverse(), [
    "提交委托", "受理", "签订委托书", "指派鉴定人", "回避声明", "回避声明", "开始鉴定", "记录鉴定并起草意见书", "提交复核",
    "退回修改", "提交复核", "复核通过", "签名", "签名", "签发意见书", "送达", "归档",
  ]);
});

step("signed out, the case is closed to her browser", async () => {
  const page = await onCase("court-01");
  await sees(page, "已归档");
  await page.getByRole("button", { name: "退出" }).click();
  await page.goto(day.path);
  await sees(page, "登录名");
  assert.ok(!(await page.content()).includes(EXAMINEE));
});
