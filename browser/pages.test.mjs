// Every page that a role can reach, looked at as a browser, a keyboard, a telephone and a screen reader do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mainText, Person, sees, startChromium } from "./chromium.mjs";
import { faultsSeen } from "./inspect.mjs";
import { PASSWORD, startCity } from "./server.mjs";

/** One account of every role. */
const ROLES = [
  "court-01", "desk-01", "head-01", "archive-01", "a001", "a011", "licensing-officer", "supervisor", "complaint-officer",
  "statistician", "association-officer", "expert", "system-administrator", "security-administrator", "audit-administrator",
];
/** Forms looked at for one person: enough to meet every step that is open to the role. */
const FORMS_A_ROLE = 6;

let city, chromium;

before(async () => {
  [city, chromium] = await Promise.all([startCity(), startChromium()]);
});

after(async () => {
  await chromium?.close();
  await city?.stop();
});

/** Plays with a person of her own; nothing may go wrong unseen, and all faults are told together. */
function story(what, login, play, options) {
  test(what, async () => {
    const trouble = [];
    const person = await Person.sitsDown(chromium, city.base, trouble, options);
    try {
      if (login) await person.signIn(login);
      await play(person.page, trouble, person);
    } finally {
      await person.leaves();
    }
    assert.deepEqual(trouble, []);
  });
}

/** Opens a page and notes what is wrong with it, wide and on a telephone. */
async function look(page, path, trouble, { lang = "zh-CN", status = 200 } = {}) {
  const answer = await page.goto(path);
  if (answer.status() !== status) trouble.push(`${path}: status ${answer.status()}, not ${status}`);
  trouble.push(...(await faultsSeen(page, lang)));
}

const hrefs = (page, selector) => page.locator(selector).evaluateAll((all) => [...new Set(all.map((one) => one.getAttribute("href")))]);

/** Pages that are the same for everybody, and cases that all officers see alike, are looked at once in each language. */
const OFFICERS = ["licensing-officer", "supervisor", "complaint-officer", "statistician"];
const looked = new Set();
const isNew = (what) => !looked.has(what) && looked.add(what);
const isAlike = (path) => /^\/(institutions|verify|account.*)?$/.test(path);

/** The first case of every state that this person sees. */
async function casesByState(page) {
  const found = new Map();
  for (let address = "/work?show=all"; address;) {
    await page.goto(address);
    const rows = await page.locator("table.work tbody tr").evaluateAll((all) =>
      all.map((row) => [row.querySelector(".chip").innerText, row.querySelector("a[href^='/cases/']").getAttribute("href")]));
    for (const [state, path] of rows) if (!found.has(state)) found.set(state, path);
    [address] = await hrefs(page, "a[rel=next]");
  }
  return found;
}

/** The pages a role meets: what the navigation and the queue offer, cases of different states, their forms. */
async function lookAround(page, trouble, { login, lang }) {
  await page.goto("/account");
  const links = [...(await hrefs(page, "header a")), "/account/password", "/account/second-factor"];
  for (const path of links) if (!isAlike(path) || isNew(`${lang} ${path}`)) await look(page, path, trouble, { lang });
  if (!links.includes("/work")) return;
  await look(page, "/work?show=overdue", trouble, { lang });
  const who = OFFICERS.includes(login) ? "officer" : login;
  const forms = new Map();
  for (const [state, path] of await casesByState(page)) {
    if (!isNew(`${lang} ${who} ${state}`)) continue;
    await look(page, path, trouble, { lang });
    for (const form of await hrefs(page, "main a[href*='/do/'], main a[href$='/opinion']")) forms.set(form.split("/").at(-1), form);
  }
  for (const form of [...forms.values()].slice(0, FORMS_A_ROLE)) await look(page, form, trouble, { lang });
}

for (const login of ROLES) {
  story(`${login} finds every page in order`, login, (page, trouble) => lookAround(page, trouble, { login, lang: "zh-CN" }));
}

for (const login of ["court-01", "head-01", "a011", "supervisor", "security-administrator"]) {
  story(`${login} reads it in English`, login, async (page, trouble) => {
    const header = page.locator("header");
    await header.getByRole("button", { name: "English" }).click();
    await header.getByRole("button", { name: "中文" }).waitFor();
    await lookAround(page, trouble, { login, lang: "en" });
    // The account keeps the language: the next story is told in Chinese again.
    await header.getByRole("button", { name: "中文" }).click();
    await header.getByRole("button", { name: "English" }).waitFor();
  });
}

story("anyone finds the public pages in order, in both languages", null, async (page, trouble) => {
  for (const lang of ["zh-CN", "en"]) {
    for (const path of ["/", "/institutions", "/institutions?name=%E6%97%A0%E6%AD%A4%E6%9C%BA%E6%9E%84", "/verify", "/sign-in", "/demo/clock"]) {
      await look(page, path, trouble, { lang });
    }
    await page.goto("/institutions");
    const [first] = await hrefs(page, "main td a");
    await look(page, first, trouble, { lang });
    for (const path of ["/nothing-here", "/institutions/none", "/verify/0000-0000-0000-0000"]) await look(page, path, trouble, { lang, status: 404 });
    await page.goto("/");
    await page.locator("header button").click();
  }
});

story("a draft, empty and with faults, in both languages", "court-01", async (page, trouble) => {
  await page.goto("/entrust");
  await page.getByRole("button", { name: "新的委托" }).click();
  const path = new URL(page.url()).pathname;
  for (const lang of ["zh-CN", "en"]) {
    await look(page, path, trouble, { lang });
    await page.locator("button[value=send]").click();
    await page.locator(".fault").first().waitFor();
    trouble.push(...(await faultsSeen(page, lang)));
    await page.locator("header button[name=language]").click();
    await page.waitForLoadState();
  }
});

story("a draft in two tabs: the later one is told, and no page lands inside the form", "court-01", async (page, trouble, person) => {
  await page.goto("/entrust");
  await page.getByRole("button", { name: "新的委托" }).click();
  await page.waitForURL("**/entrust/*");
  const rows = page.locator("table[data-grow] tbody tr");
  const empty = await rows.count();
  const other = await person.tab();
  await other.goto(page.url());
  const types = async (tab, text) => {
    const answer = tab.waitForResponse((response) => response.request().method() === "POST");
    await tab.getByLabel("委托鉴定的具体要求").fill(text);
    await answer;
    await tab.locator("#saved:not(.htmx-added)").waitFor();
  };
  const isWhole = async (tab) => {
    assert.equal(await tab.locator("h1").count(), 1, "no second page inside");
    assert.equal(await tab.locator("main form.form").count(), 1, "no form inside the form");
  };
  await types(page, "第一个窗口的要求");
  await sees(page, "草稿已保存");
  await types(other, "第二个窗口的要求");
  await sees(other, "这份草稿已在别处保存过");
  await isWhole(other);
  await other.getByRole("button", { name: "提交委托" }).click();
  await sees(other, "下面是您刚才填写的内容");
  assert.equal(await other.getByLabel("委托鉴定的具体要求").inputValue(), "第二个窗口的要求");
  await page.reload();
  assert.equal(await rows.count(), empty, "saving adds no empty rows");
  // Signed out in another tab.
  await other.getByRole("button", { name: "退出" }).click();
  await types(page, "第一个窗口又写了一句");
  await isWhole(page);
  assert.equal(await page.getByLabel("委托鉴定的具体要求").inputValue(), "第一个窗口又写了一句");
  await sees(page, "登录");
  const unsaved = trouble.filter((one) => !/status of 40[19]/.test(one));
  trouble.splice(0, trouble.length, ...unsaved);
});

story("the queue answers while one types", "supervisor", async (page) => {
  await page.goto("/work?show=all");
  const name = (await page.locator("main td a[href^='/cases/'] b").first().innerText()).slice(-2);
  await page.getByLabel("查找案件").pressSequentially(name);
  await page.locator("#results caption", { hasText: /^共 \d{1,2} 件/ }).waitFor();
  for (const found of await page.locator("main td a[href^='/cases/'] b").allInnerTexts()) assert.ok(found.includes(name), `${found} has ${name}`);
  await page.getByLabel("查找案件").fill("没有这个人");
  await sees(page, "没有符合条件的案件");
  assert.ok(!page.url().includes("%"), "no name in the address");
});

/** Presses Tab until the element has the focus; it must show. */
async function tabsTo(page, target) {
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press("Tab");
    const ring = await page.evaluate(() => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      // Inside a date field, Chromium draws the ring on its own button for the calendar.
      const isRinged = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || one.type === "date";
      // After the last stop, the page itself has the focus before the first comes round again.
      return { what: one.outerHTML.slice(0, 100), isRinged: isRinged || one === document.body };
    });
    assert.ok(ring.isRinged, `the focus shows on ${ring.what}`);
    if (await target.evaluate((one) => one === document.activeElement)) return;
  }
  assert.fail(`Tab does not reach ${target}`);
}

story("the keyboard alone signs in, opens a case and sends its form", null, async (page) => {
  await page.goto("/sign-in");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(new URL(page.url()).hash, "#main", "the first stop skips to the text");
  await tabsTo(page, page.getByLabel("登录名", { exact: true }));
  await page.keyboard.type("court-01");
  await tabsTo(page, page.getByLabel("密码", { exact: true }));
  await page.keyboard.type(PASSWORD);
  await tabsTo(page, page.locator("main").getByRole("button", { name: "登录" }));
  await page.keyboard.press("Enter");
  await sees(page, "工作台");
  await tabsTo(page, page.locator("main td a").first());
  await page.keyboard.press("Enter");
  await page.waitForURL("**/cases/*");
  await tabsTo(page, page.locator(".step a.button").first());
  await page.keyboard.press("Enter");
  await page.waitForURL("**/do/*");
  await tabsTo(page, page.locator("form.card .buttons button").first());
  await tabsTo(page, page.locator(".top nav a[href='/entrust']"));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/entrust");
  await tabsTo(page, page.getByRole("button", { name: "新的委托" }));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/entrust/*");
  await tabsTo(page, page.getByRole("button", { name: "提交委托" }));
  await page.keyboard.press("Enter");
  await sees(page, "处需要修改");
});

story("without JavaScript the day's pages still work", null, async (page, trouble, person) => {
  const sends = async (button) => {
    await page.locator("main").getByRole("button", { name: button, exact: true }).first().click();
    await page.waitForLoadState();
  };
  await page.goto("/sign-in");
  await page.getByLabel("登录名", { exact: true }).fill("court-01");
  await page.getByLabel("密码", { exact: true }).fill(PASSWORD);
  await sends("登录");
  await sees(page, "工作台", "付");
  await page.getByRole("link", { name: "委托鉴定" }).click();
  await sends("新的委托");
  await page.getByLabel("姓名或者名称").fill("𠮷无脚本");
  await sends("保存草稿");
  await sees(page, "草稿已保存。");
  assert.equal(await page.getByLabel("姓名或者名称").inputValue(), "𠮷无脚本");
  await sends("提交委托");
  await sees(page, "处需要修改");
  assert.equal(await page.getByLabel("姓名或者名称").inputValue(), "𠮷无脚本");
  await page.goto("/entrust");
  await page.locator("tr", { hasText: "𠮷无脚本" }).getByRole("button", { name: "删除草稿" }).click();
  await sees(page, "草稿已删除。");
  assert.ok(!(await mainText(page)).includes("𠮷无脚本"));
  await page.goto("/work?show=all&state=issued");
  await page.goto((await hrefs(page, "main td a[href^='/cases/']"))[0] ?? "/work");
  await page.getByText("逐日核对").first().click();
  await page.locator(".explain").first().waitFor();
  await page.getByRole("button", { name: "退出" }).click();
  await page.goto("/verify");
  await page.getByLabel("核验码").fill("0000-0000-0000-0000");
  await sends("核验");
  await sees(page, "没有使用此核验码的意见书。");
  assert.ok(person.requests.length > 0);
}, { javaScriptEnabled: false });

story("another institution's case, another client's case: not found, whatever the address", "supervisor", async (page, trouble) => {
  await page.goto("/work?show=all");
  const cases = await page.locator("table.work tbody tr").evaluateAll((rows) => rows.map((row) => ({
    path: row.querySelector("a[href^='/cases/']").getAttribute("href"), institution: row.cells[3].innerText.trim(),
  })));
  for (const login of ["head-01", "a001", "archive-01", "court-01"]) {
    const other = await Person.sitsDown(chromium, city.base, trouble);
    await other.signIn(login);
    await other.page.goto("/work?show=all");
    const own = new Set();
    for (;;) {
      for (const path of await hrefs(other.page, "main td a[href^='/cases/']")) own.add(path);
      const next = other.page.locator("a[rel=next]");
      if (!(await next.count())) break;
      await next.click();
    }
    const foreign = cases.find((one) => !own.has(one.path));
    assert.ok(foreign, "the supervisor sees a case of others");
    for (const under of ["", "/do/accept", "/do/sign", "/opinion", "/opinion/preview", "/papers/any", "/files/any"]) {
      const answer = await other.page.goto(foreign.path + under);
      assert.equal(answer.status(), 404, `${login} at ${foreign.path}${under}`);
      assert.ok(!(await mainText(other.page)).includes(foreign.institution));
    }
    const posted = await other.page.request.post(foreign.path + "/do/accept", { form: { version: "1" }, headers: { origin: city.base } });
    assert.equal(posted.status(), 404);
    await other.leaves();
  }
});

story("a form sent from another site is refused", "desk-01", async (page) => {
  await page.goto("/work?show=all");
  const [path] = await hrefs(page, "main td a[href^='/cases/']");
  const headers = { origin: "https://elsewhere.example", "sec-fetch-site": "cross-site" };
  const posted = await page.request.post(`${path}/do/accept`, { form: { version: "1" }, headers });
  assert.equal(posted.status(), 403);
});
