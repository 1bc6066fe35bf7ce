// Debian's Chromium, and pages that are watched: what no page may do is gathered here for every story.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { PASSWORD } from "./server.mjs";

/** Longer than any step takes on a slow machine; a missing text fails the story after this. */
const WAIT_MS = 15_000;

export const startChromium = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });

/** A person at a computer of her own: separate cookies, one watched page, further tabs by `tab()`. */
export class Person {
  constructor(base, context, trouble) {
    Object.assign(this, { base, context, trouble, requests: [] });
  }

  static async sitsDown(browser, base, trouble, options = {}) {
    const context = await browser.newContext({ baseURL: base, locale: "zh-CN", viewport: { width: 1200, height: 900 }, ...options });
    context.setDefaultTimeout(WAIT_MS);
    const person = new Person(base, context, trouble);
    context.on("page", (page) => person.#watch(page));
    person.page = await context.newPage();
    return person;
  }

  #watch(page) {
    page.on("pageerror", (error) => this.trouble.push(`${page.url()}: script error: ${error}`));
    page.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      // Chromium notes every answer of 4xx; those of the pages themselves are what the stories ask for.
      const isAnswer = /^Failed to load resource: .* status of (404|409|422)/.test(message.text());
      if (isAnswer && message.location().url === page.url()) return;
      this.trouble.push(`${page.url()}: console: ${message.text()} (${message.location().url})`);
    });
    page.on("request", (request) => {
      this.requests.push(request);
      if (!request.url().startsWith(`${this.base}/`) && !/^(data|blob):/.test(request.url())) {
        this.trouble.push(`${page.url()}: asks another host: ${request.url()}`);
      }
    });
    page.on("response", (response) => {
      if (response.status() >= 500) this.trouble.push(`${page.url()}: ${response.status()} from ${response.url()}`);
    });
  }

  tab() {
    return this.context.newPage();
  }

  async signIn(login) {
    await this.page.goto("/sign-in");
    await this.page.getByLabel("登录名", { exact: true }).fill(login);
    await this.page.getByLabel("密码", { exact: true }).fill(PASSWORD);
    await this.page.locator("main").getByRole("button", { name: "登录" }).click();
    await this.page.waitForURL((url) => url.pathname !== "/sign-in").catch(() => {});
    assert.equal(await this.page.locator("header form[action='/sign-out']").count(), 1, `${login} is signed in`);
    return this;
  }

  leaves() {
    return this.context.close();
  }
}

/** Waits for a text that is to be seen; the failure shows what the page says instead. */
export async function sees(page, ...texts) {
  for (const text of texts) {
    try {
      await page.locator("body").filter({ hasText: text, visible: true }).waitFor();
    } catch {
      assert.fail(`${page.url()} does not show ${text}; it shows:\n${await page.locator("main").innerText()}`);
    }
  }
}

/** Text of the page's main part now. */
export const mainText = (page) => page.locator("main").innerText();

/** Lets a file fall onto the verify page's drop area. */
export async function drop(page, bytes) {
  const dataTransfer = await page.evaluateHandle((base64) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    transfer.items.add(new File([bytes], "意见书.pdf", { type: "application/pdf" }));
    return transfer;
  }, bytes.toString("base64"));
  await page.dispatchEvent("#drop", "dragover", { dataTransfer });
  await page.dispatchEvent("#drop", "drop", { dataTransfer });
}
