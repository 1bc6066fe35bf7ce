// A ledger of earlier years comes in: wrong rows are all named, nothing of them is written; put right, all of it is there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { sees } from "./chromium.mjs";
import { text, troupe } from "./people.mjs";
import { TODAY } from "./server.mjs";

const HEAD = ["案件编号", "被鉴定人", "性别", "身份证号", "鉴定事项", "委托人", "受理日期", "意见书编号", "出具日期", "状态", "鉴定费"];
const ROWS = [
  ["2024-001", "田一帆", "男", "11010519491231002X", "人体残疾等级鉴定", "演示东区人民法院", "2024.3.2", "演云鉴〔2024〕1号", "2024-03-28", "已办结", "1200"],
  ["2024-002", "𠮷田二川", "女", "", "FY-0201", "某公司", "二〇二四年四月一日", "演云鉴〔2024〕2号", "2024年4月20日", "已归档", "1.2万"],
  ["2024-003", "田三省", "男", "", "法医临床鉴定", "某公司", "20240502", "演云鉴〔2024〕3号", "2024-05-30", "已办结", "900"],
];
/** Row, column, what is written there, what the page says of it. The header is row 2, below a title. */
const WRONG = [
  { row: 3, at: 3, value: "110105194912310021", column: "身份证号码", told: "请核对末位校验码" },
  { row: 3, at: 6, value: "26/3/2", column: "收到日期", told: "看不出哪个是年、哪个是日" },
  { row: 4, at: 1, value: "", column: "被鉴定人", told: "请填写" },
  { row: 4, at: 4, value: "看手相", column: "鉴定事项", told: "不是执业类别中的领域或者项目" },
  { row: 4, at: 10, value: "一千多", column: "鉴定费", told: "不是金额" },
  { row: 5, at: 0, value: "2024-001", column: "台账编号", told: "与第3行的编号相同" },
  { row: 5, at: 8, value: "2024-05-01", column: "出具日期", told: "出具日期早于收到日期" },
];

const csv = (rows) => Buffer.from("\ufeff" + [["演示·云帆司法鉴定中心2024年台账"], HEAD, ...rows, ["合计", ...Array(9).fill(""), "14100"]].map((row) => row.join(",")).join("\r\n") + "\r\n");
const file = (name, rows) => ({ name, mimeType: "text/csv", buffer: csv(rows) });

const people = troupe({ cases: 0 });
const { day, journey, arrives, does, sends, looksAt } = people;
const step = journey();

async function uploads(page, one) {
  await page.getByLabel("表格文件").setInputFiles(one);
  await does(page, "上传并核对", "文件已读取，请核对各列。");
}

/** The page refreshes itself until the work is done. */
async function checks(page) {
  assert.equal(await sends(page, "检查全部行"), 303);
}

step("the desk finds the ledger's page, empty, with what it takes", async () => {
  const page = await arrives("desk-01");
  await page.getByRole("link", { name: "导入台账" }).click();
  await sees(page, "还没有导入过。", "有一行错误，就一行也不导入。");
  await looksAt(page, "imports empty");
});

step("wrong rows are all listed with row, column and reason, and the faulty rows can be downloaded", async () => {
  const page = await arrives("desk-01");
  const rows = ROWS.map((row) => [...row]);
  for (const { row, at, value } of WRONG) rows[row - 3][at] = value;
  await uploads(page, file("2024年台账.csv", rows));
  await sees(page, "共3行数据", "合计行", "2024-001");
  for (const [label, column] of [["被鉴定人", "被鉴定人"], ["收到日期", "受理日期"], ["台账编号", "案件编号"]]) {
    assert.equal(await page.getByLabel(label).first().locator("option:checked").innerText(), column, `${label} is found by its name`);
  }
  await looksAt(page, "import columns");
  await checks(page);
  await sees(page, "共3行：可导入0行，有错误3行，跳过0行");
  await sees(page, `共${WRONG.length}处错误`);
  await looksAt(page, "import faults");
  const told = await page.locator("section", { hasText: "检查结果" }).locator("tbody tr").evaluateAll((all) => all.map((row) => Array.from(row.cells, (cell) => cell.innerText.trim())));
  for (const { row, column, value, told: why } of WRONG) {
    assert.ok(told.some((cells) => cells[0] === String(row) && cells[1] === column && cells[2] === value && cells[3].includes(why)), `row ${row}, ${column}: ${JSON.stringify(told)}`);
  }
  assert.equal(told.length, WRONG.length, JSON.stringify(told));
  assert.equal(await page.getByRole("button", { name: /^导入\d+行$/ }).count(), 0, "nothing is offered to be imported");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "下载错误行（XLSX）" }).click()]);
  assert.match(download.suggestedFilename(), /\.xlsx$/);
  assert.equal(readFileSync(await download.path()).subarray(0, 2).toString(), "PK");
  await page.goto("/work?show=all");
  await sees(page, "这一组现在没有案件。");
});

step("put right, the same ledger goes in whole, and its people are found", async () => {
  const page = await arrives("desk-01");
  await page.goto("/imports");
  await uploads(page, file("2024年台账（改正）.csv", ROWS));
  await checks(page);
  await sees(page, "可导入3行，有错误0行");
  await looksAt(page, "import checked");
  await page.getByRole("button", { name: "导入3行" }).click();
  await sees(page, "共3行：已导入3行，有错误0行，跳过0行");
  assert.ok(!/可导入|正在导入/.test(await page.locator("body").innerText()), "what is over is not said to go on");
  await looksAt(page, "import done");
  await page.goto("/imports");
  await looksAt(page, "imports listed");
  await page.goto("/work?show=all");
  await page.getByLabel("查找案件").fill("𠮷田二");
  await page.getByRole("link", { name: "𠮷田二川" }).click();
  await sees(page, "已归档", "历史台账", "2024-002", "演云鉴〔2024〕2号", "不能在平台核验");
  const said = await page.locator("main").innerText();
  for (const empty of ["时限", "委托函号", "基本案情", "委托书生效时赋码", "重新鉴定"]) assert.ok(!said.includes(empty), `${empty} does not apply`);
  await looksAt(page, "case imported");
});

step("the same ledger a second time: every row is known already", async () => {
  const page = await arrives("desk-01");
  await page.goto("/imports");
  await uploads(page, file("2024年台账（改正）.csv", ROWS));
  await checks(page);
  await sees(page, "有错误3行", "此编号的案件已经导入过。");
});
