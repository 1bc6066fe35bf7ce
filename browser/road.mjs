// The straight road of a case, for stories that begin somewhere on it: every step by its person, without looking left or right.
// How each step looks and what it refuses is told in day.test.mjs.
import assert from "node:assert/strict";
import { sees } from "./chromium.mjs";
import { PASSWORD } from "./server.mjs";
import { fillsMaterials, readsCast, text } from "./people.mjs";

export const ITEM = "人体残疾等级鉴定";
export const MATERIALS = [["住院病历复印件", "书证", "1份", "清晰、完整"], ["右膝MRI片", "影像资料", "3张", "完好"]];
export const ANALYSIS = "右膝关节活动度丧失与本次损伤有直接因果关系，与外力作用相符。片号为A-12。";
export const OPINION = "被鉴定人右膝关节功能部分丧失，构成人体损伤十级残疾。";

const STEPS = ["entrusts", "accepts", "commissions", "assigns", "declare", "receives", "begins", "examines", "drafts", "submits", "approves", "sign", "issues", "delivers"];
const UNSEEN = { looks: false };

/** The road of a troupe's case. */
export class Road {
  constructor(troupe) {
    this.troupe = troupe;
    this.day = troupe.day;
  }

  /** From where the case stands up to and with the step. */
  async goes(until, from = "entrusts") {
    for (const step of STEPS.slice(STEPS.indexOf(from), STEPS.indexOf(until) + 1)) await this[step]();
  }

  /** Who plays: of the first institution, and the client. */
  async readsCast() {
    const stranger = await this.troupe.sitsDown();
    const cast = await readsCast(stranger.page);
    await stranger.leaves();
    this.cast = cast;
    this.institution = cast.find((one) => one.login === "desk-01").organisation;
    const of = (role) => cast.filter((one) => one.role === role && one.organisation.startsWith(this.institution));
    [this.lead, this.second, this.third] = of("鉴定人");
    [this.reviewer, this.otherReviewer] = of("复核人");
    assert.ok(this.third && this.otherReviewer, "the sign-in page names enough people of one field");
  }

  async entrusts({ examinee = "田知微", materials = MATERIALS } = {}) {
    if (!this.cast) await this.readsCast();
    const { troupe } = this;
    const page = await troupe.arrives("court-01");
    await page.goto("/entrust");
    await page.getByRole("button", { name: "新的委托" }).click();
    await text(page, "委托函号").fill("（2026）演0101司鉴委字第90号");
    await text(page, "姓名或者名称").fill(examinee);
    await text(page, "与鉴定有关的基本案情").fill("2026年3月2日，被鉴定人驾驶电动自行车与小型轿车相撞，右膝受伤。");
    await page.locator("#client_phone").fill("021-12345678");
    await page.locator("#item").selectOption({ label: ITEM });
    await page.locator("#institution_id").selectOption({ label: this.institution });
    await text(page, "委托鉴定的具体要求").fill("对右膝损伤的残疾等级进行鉴定");
    await page.getByLabel("民事诉讼").check();
    await page.getByLabel("男", { exact: true }).check();
    await text(page, "出生日期").fill("1949-12-31");
    await fillsMaterials(page, materials);
    await page.getByLabel("鉴定材料真实、合法，委托人对此负责").check();
    await troupe.does(page, "提交委托", "委托已提交");
    this.day.path = new URL(page.url()).pathname;
  }

  /** In the case that is in hand; its institution may be another. */
  async accepts({ desk = "desk-01", fee = "2400" } = {}) {
    const page = await this.troupe.opens(desk, "受理", UNSEEN);
    for (const check of await page.locator("input[name=answers]").all()) await check.check();
    await text(page, "鉴定费用（元）").fill(fee);
    await text(page, "收取方式").fill("受理时一次收取");
    await page.getByLabel("鉴定材料须完整无损退还").check();
    await this.troupe.does(page, "受理", "已受理，等待签订委托书。");
  }

  async commissions() {
    const page = await this.troupe.opens("court-01", "签订委托书", UNSEEN);
    await page.getByLabel("双方已就上述约定事项达成一致，委托书即日生效").check();
    await this.troupe.does(page, "签订委托书", "平台已赋统一案件编号");
  }

  async assigns() {
    const page = await this.troupe.opens("head-01", "指派鉴定人", UNSEEN);
    for (const one of [this.lead, this.second]) await page.getByLabel(one.name, { exact: true }).check();
    await page.getByLabel(`第一鉴定人 ${this.lead.name}`).check();
    await this.troupe.does(page, "指派鉴定人", "已指派鉴定人。");
  }

  async declare() {
    for (const { login } of [this.lead, this.second]) {
      const page = await this.troupe.opens(login, "回避声明", UNSEEN);
      await page.getByLabel("没有应当回避的情形").check();
      await this.troupe.does(page, "回避声明", "回避声明已记录。");
    }
  }

  async receives() {
    const page = await this.troupe.onCase("desk-01");
    await page.getByLabel("本案页面").getByRole("link", { name: "材料流转", exact: true }).click();
    for (const box of await page.locator("fieldset.arriving input[type=checkbox]").all()) await box.check();
    for (const field of await page.locator("fieldset.arriving input[name^=state_]").all()) await field.fill("完好");
    await this.troupe.does(page, "接收勾选的材料", "材料已接收，登记表已生成。");
  }

  async begins() {
    const page = await this.troupe.opens(this.lead.login, "开始鉴定", UNSEEN);
    await page.getByLabel("已领取鉴定材料，名称、数量、性状与登记相符").check();
    await this.troupe.does(page, "开始鉴定", "鉴定已开始。");
  }

  async examines() {
    const page = await this.troupe.opens(this.lead.login, "记录鉴定并起草意见书", UNSEEN);
    for (const label of ["鉴定开始日期", "鉴定结束日期"]) await text(page, label).fill(await this.today(page));
    await text(page, "在场人员").fill("无");
    await page.getByLabel("行业标准和技术规范").check();
    await text(page, "采用的标准或者方法").fill("《人体损伤致残程度分级》；《法医临床检验规范》SF/T 0111-2021");
    await text(page, "鉴定过程记录").fill("右膝关节屈曲90°，伸直-5°；左膝关节屈曲135°，伸直0°。");
    await this.troupe.does(page, "记录鉴定并起草意见书", "鉴定记录已保存，可以起草意见书。");
  }

  /** The city's day, as the clock's page has it. */
  async today(page) {
    const tab = await page.context().newPage();
    await tab.goto("/demo/clock");
    const [day] = (await tab.locator("main").innerText()).match(/\d{4}-\d\d-\d\d/);
    await tab.close();
    return day;
  }

  async drafts() {
    const page = await this.troupe.onCase(this.lead.login);
    await page.getByRole("link", { name: "意见书草稿" }).first().click();
    await text(page, "三、资料摘要").fill("演示医院住院病历：右膝前交叉韧带断裂，外侧半月板损伤。");
    await text(page, "五、分析说明").fill(ANALYSIS);
    await text(page, "六、鉴定意见").fill(OPINION);
    await this.troupe.does(page, "保存草稿", "草稿已保存。");
  }

  async submits() {
    await this.troupe.does(await this.troupe.opens(this.lead.login, "提交复核", UNSEEN), "提交复核", "已提交复核。");
  }

  async approves() {
    const page = await this.troupe.opens(this.reviewer.login, "复核通过", UNSEEN);
    await text(page, "关于鉴定程序").fill("符合规定。");
    await text(page, "关于鉴定意见").fill("恰当。");
    await this.troupe.does(page, "复核通过", "复核已通过。");
  }

  async sign() {
    for (const { login } of [this.lead, this.second]) {
      const page = await this.troupe.opens(login, "签名", UNSEEN);
      await page.getByLabel("我已通读意见书全文，对其内容负责，同意以本人名义签名").check();
      await text(page, "登录密码").fill(PASSWORD);
      await this.troupe.does(page, "签名", "已签名。");
    }
  }

  async issues() {
    const page = await this.troupe.opens("head-01", "签发意见书", UNSEEN);
    await text(page, "登录密码").fill(PASSWORD);
    await this.troupe.does(page, "签发意见书", "意见书已签发。");
  }

  async delivers() {
    const page = await this.troupe.opens("desk-01", "送达", UNSEEN);
    await page.getByLabel("自取").check();
    await this.troupe.does(page, "送达", "已登记送达。");
    await sees(page, "已送达");
  }
}
