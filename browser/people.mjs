// What the people of a story do together: they sign in, open a step's form from the case, send it, and look at what they get.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Person, sees, startChromium } from "./chromium.mjs";
import { faultsSeen } from "./inspect.mjs";
import { startCity } from "./server.mjs";

/** A telephone, as inspect.mjs measures it. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** The people of one test file and their city; a story lays its case in `day`. */
export function troupe(cityOptions = {}) {
  const trouble = [], people = {}, day = {};
  let city, chromium;

  before(async () => {
    [city, chromium] = await Promise.all([startCity(cityOptions), startChromium()]);
  });

  after(async () => {
    await chromium?.close();
    await city?.stop();
  });

  /** Steps of one journey build on one another: after one that failed, its rest is skipped. Nothing may go wrong unseen. */
  function journey() {
    let broken = false;
    return (what, play) => test(what, async (t) => {
      if (broken) return t.skip("an earlier step failed");
      try {
        await play();
        assert.deepEqual(trouble.splice(0), [], "no console error, no 5xx, no other host, no fault of a page");
      } catch (error) {
        broken = true;
        trouble.splice(0);
        await photograph(what);
        throw error;
      }
    });
  }

  async function photograph(what) {
    const out = join(import.meta.dirname, "out");
    mkdirSync(out, { recursive: true });
    for (const [login, person] of Object.entries(people)) {
      await person.page.screenshot({ path: join(out, `${what} ${login}.png`), fullPage: true }).catch(() => {});
    }
  }

  /** Somebody without an account, or before signing in. */
  const sitsDown = (options) => Person.sitsDown(chromium, city.base, trouble, options);

  async function arrives(login, options) {
    people[login] ??= Object.assign(await sitsDown(options), { wasAway: true });
    const person = people[login];
    if (person.wasAway) {
      await person.page.goto("/account");
      if (new URL(person.page.url()).pathname === "/sign-in") await person.signIn(login);
    }
    person.wasAway = false;
    return person.page;
  }

  async function onCase(login) {
    const page = await arrives(login);
    await page.goto(day.path);
    return page;
  }

  /** What is wrong with the page, on a telephone and wide; with SIJIAN_SHOTS=DIR also pictures of it. */
  async function looksAt(page, name, lang) {
    const size = page.viewportSize();
    if (process.env.SIJIAN_SHOTS && name) await shoot(page, join(process.env.SIJIAN_SHOTS, name));
    trouble.push(...(await faultsSeen(page, lang)));
    await page.setViewportSize(size);
  }

  async function shoot(page, path) {
    for (const width of [390, 1200]) {
      await page.setViewportSize({ width, height: 844 });
      await page.screenshot({ path: `${path}-${width}.png`, fullPage: true });
    }
  }

  /** Opens a step's form from the case page, as people do; a detour's stands behind a fold. */
  async function opens(login, action, { looks = true } = {}) {
    const page = await onCase(login);
    const link = page.locator(".step").getByRole("link", { name: action, exact: true });
    await page.locator(".step").first().waitFor({ state: "attached" });
    if (!(await link.isVisible())) await page.locator("details.detours > summary").click();
    await link.click();
    await page.getByRole("heading", { level: 1, name: action, exact: true }).waitFor();
    if (looks) await looksAt(page, action);
    return page;
  }

  /** Sends the form; the status of the answer. */
  async function sends(page, button, within = page.locator("main")) {
    // The page that is left is marked: on a slow machine it still stands when its answer is there already.
    await page.locator("html").evaluate((root) => { root.dataset.sent = ""; });
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === "POST"),
      within.getByRole("button", { name: button, exact: true }).click(),
    ]);
    if (answer.request().isNavigationRequest()) await page.locator("html:not([data-sent])").waitFor({ state: "attached" });
    await page.waitForLoadState();
    // A form that comes back with what is wrong is a page of its own, and is looked at like any other.
    if (answer.status() >= 400) await looksAt(page, `${button} refused`);
    return answer.status();
  }

  /** Sends a form that is right: the next page says what was done. */
  async function does(page, button, told, within) {
    assert.equal(await sends(page, button, within), 303, await page.locator("main").innerText());
    await sees(page, told);
  }

  /** Sends a form that is refused, and reads every reason that the page gives. */
  async function isRefused(page, button, status, ...reasons) {
    assert.equal(await sends(page, button), status, await page.locator("main").innerText());
    await sees(page, ...reasons);
  }

  /** The city's day moves on; whoever was away too long signs in again. */
  async function clockMovesTo(date) {
    people.clock ??= await sitsDown();
    const { page } = people.clock;
    await page.goto("/demo/clock");
    await page.getByLabel("拨到这一天").fill(date);
    await page.locator("form.form").getByRole("button", { name: "拨动时钟" }).click();
    await sees(page, `演示城市的今天是${date}`);
    for (const one of Object.values(people)) one.wasAway = true;
  }

  return {
    trouble, people, day, journey, sitsDown, arrives, onCase, opens, sends, does, isRefused, looksAt, clockMovesTo,
    base: () => city.base,
  };
}

export const state = (page) => page.locator(".head .chip").first().innerText();

export const text = (page, label) => page.getByLabel(label, { exact: true });

/** Each fault stands in its field's paragraph, and the field refers to it. */
export async function faultsBeside(page, fields) {
  for (const field of fields) {
    const fault = page.locator(`[id="f-${field}"]`).first();
    assert.ok(await fault.isVisible(), `${field} has its fault`);
    assert.ok(await page.locator(`[aria-describedby="f-${field}"], fieldset:has([id="f-${field}"])`).count(), `${field} refers to its fault`);
  }
}

/** The people on the sign-in page. */
export async function readsCast(page) {
  await page.goto("/sign-in");
  await sees(page, "演示账户");
  const rows = await page.locator("table.list tbody tr").evaluateAll((all) =>
    all.map((row) => Array.from(row.cells, (cell) => cell.innerText.trim())));
  return rows.map(([role, name, organisation, login]) => ({ role, name, organisation, login }));
}

/** A case's term as its page tells it. */
export const term = (page, label) => page.locator("article.term", { hasText: label });

/** Fills rows of the table of materials. */
export async function fillsMaterials(page, materials) {
  const rows = page.locator("table[data-grow] tbody tr");
  for (const [n, cells] of materials.entries()) {
    for (const [at, cell] of cells.entries()) await rows.nth(n).locator("input").nth(at).fill(cell);
  }
}
