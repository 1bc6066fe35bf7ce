// A supervisor finds the planted ring, reads why, asks the institution, reads its answer, confirms with a second officer, and prints the dossier.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sees } from "./chromium.mjs";
import { troupe } from "./people.mjs";

const people = troupe({ cases: 30, ring: true });
const { day, journey, arrives, does, looksAt } = people;
const step = journey();

/** Opens a fold of the lead's page and fills its text. */
async function writes(page, action, text) {
  const fold = page.locator("details", { has: page.locator("summary", { hasText: new RegExp(`^${action}$`) }) });
  if (!(await fold.evaluate((one) => one.open))) await fold.locator("summary").click();
  await fold.locator("textarea").fill(text);
  return fold;
}

step("a supervisor finds the ring and reads why, what else it could be, and on which cases it rests", async () => {
  const page = await arrives("supervisor");
  await page.getByRole("link", { name: "聚类分析" }).first().click();
  await sees(page, "线索不是违规认定", "中介团伙", "待第二人确认");
  await looksAt(page, "analysis");
  await page.getByRole("link", { name: /^新发现/ }).click();
  await page.locator("tbody tr", { hasText: "鉴定机构" }).filter({ hasText: "中介团伙" }).first().getByRole("link").click();
  day.lead = new URL(page.url()).pathname;
  await sees(page, "为什么列为线索", "合理解释", "人工核查", "证据案件", "不得仅凭得分作出处理");
  assert.ok(await page.locator("figure svg").count() >= 3, "network, distribution, weeks");
  await looksAt(page, "lead");
  await page.locator("td a[href^='/cases/']").first().click();
  await sees(page, "历史案件");
  await page.goto(day.lead);
});

step("she sees how the market lies, where days are impossible and how rates compare, in both languages", async () => {
  const page = await arrives("supervisor");
  const header = page.locator("header");
  await page.goto("/analysis");
  await page.getByRole("link", { name: "市场集中度" }).click();
  await sees(page, "只描述市场", "《合并指南》", "案件太少", "全市");
  assert.equal(await page.locator("figure svg").count(), 1);
  await looksAt(page, "market");
  // Any choice of the three selects leads to a page that says something, and from there on.
  await page.getByLabel("业务类别").selectOption({ label: "法医临床鉴定" });
  await page.getByRole("button", { name: "筛选" }).click();
  await sees(page, "市场份额", "各市场");
  await looksAt(page, "market of one");
  await page.getByLabel("委托人所在区").selectOption("all");
  await page.getByLabel("收案年份").selectOption("all");
  await page.getByRole("button", { name: "筛选" }).click();
  await sees(page, "市场集中度指数");
  await looksAt(page, "market of districts");
  await page.goto("/analysis");
  await page.getByRole("link", { name: "工作量异常日" }).click();
  await sees(page, "先想想合理的原因", "检查日", "不是线索");
  await looksAt(page, "workload");
  await page.goto("/analysis");
  await page.getByRole("link", { name: "比率漏斗图" }).click();
  await sees(page, "控制限", "高出预期最多的在前", "在限内");
  await looksAt(page, "rates");
  await page.getByRole("link", { name: "投诉率" }).click();
  await sees(page, "平台还不登记投诉");
  await looksAt(page, "rates of complaints");
  await header.getByRole("button", { name: "English" }).click();
  for (const [path, word] of [["market", "Market concentration"], ["workload", "Impossible days"], ["rates", "Funnels of rates"]]) {
    await page.goto(`/analysis/${path}`);
    await sees(page, word);
    await looksAt(page, `${path} en`, "en");
  }
  await header.getByRole("button", { name: "中文" }).click();
  await header.getByRole("button", { name: "English" }).waitFor();
  await page.goto(day.lead);
});

step("she asks the institution, which sees its own cases and the term, and answers", async () => {
  const page = await arrives("supervisor");
  await does(page, "开始核查", "已办理", await writes(page, "开始核查", "先看检查时间。"));
  const fold = await writes(page, "要求机构说明", "请逐案说明委托来源和检查经过。");
  await fold.getByLabel("说明期限（工作日）").fill("10");
  await does(page, "要求机构说明", "机构会收到通知", fold);
  await sees(page, "机构应在");
  const head = await arrives("head-01");
  await head.goto("/notices");
  await sees(head, "司法局要求本机构说明一条统计线索");
  await head.goto("/asked");
  await looksAt(head, "asked list");
  await head.goto(day.lead.replace("/analysis/leads/", "/asked/"));
  await sees(head, "请逐案说明委托来源和检查经过。", "您有权了解依据", "合理解释", "请在");
  await looksAt(head, "asked");
  await head.getByLabel("说明", { exact: true }).fill("已逐案核对，检查记录与影像齐全，随时可以调阅。");
  await does(head, "提交说明", "监管人员会收到通知");
  await sees(head, "司法局核查中");
});

step("another institution finds nothing of it", async () => {
  const page = await arrives("head-02");
  const answer = await page.goto(day.lead.replace("/analysis/leads/", "/asked/"));
  assert.equal(answer.status(), 404);
  people.trouble.length = 0;
});

step("she cannot confirm alone; a second officer can, and the dossier is printed", async () => {
  const page = await arrives("supervisor");
  await page.goto(day.lead);
  await sees(page, "已逐案核对，检查记录与影像齐全");
  await does(page, "提议确认", "请另一名监管人员核对", await writes(page, "提议确认", "抽查六卷，四卷没有检查影像。"));
  const own = await writes(page, "同意确认", "我自己确认。");
  await own.getByRole("button", { name: "同意确认" }).click();
  await sees(page, "提议的人不能自己确认");
  people.trouble.length = 0;
  const second = await arrives("supervisor-2");
  await second.goto(day.lead);
  await does(second, "同意确认", "核查报告已生成", await writes(second, "同意确认", "另抽查三卷，情况一致。"));
  await looksAt(second, "lead confirmed");
  const link = second.getByRole("link", { name: /线索核查报告\.pdf/ });
  const answer = await second.request.get(await link.getAttribute("href"));
  const file = join(process.env.SIJIAN_SHOTS ?? mkdtempSync(join(tmpdir(), "sijian-dossier-")), "dossier.pdf");
  writeFileSync(file, await answer.body());
  const text = spawnSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" }).stdout.replace(/\s/g, "");
  for (const word of ["线索核查报告", "请逐案说明委托来源", "已逐案核对", "抽查六卷", "另抽查三卷", "证据案件"]) {
    assert.ok(text.includes(word), `${word} is not in the dossier`);
  }
  await second.goto("/analysis/precision");
  await sees(second, "中介团伙");
  assert.match(await second.locator("tbody").innerText(), /100\.0% \(2\/2\)|66\.6% \(2\/3\)/);
  await looksAt(second, "precision");
});

step("a run is repeated and agrees to the byte", async () => {
  const page = await arrives("supervisor");
  await page.goto("/analysis/runs");
  await looksAt(page, "runs");
  await page.locator("tbody a").first().click();
  await sees(page, "各项检测", "无法计算");
  await looksAt(page, "run");
  await does(page, "重算并比对", "重算已发起");
  await page.getByText("重算结果与原结果逐字节一致").waitFor({ timeout: 60_000 });
});
