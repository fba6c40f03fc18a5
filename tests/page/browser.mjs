/* Chromium over its debugging pipe: opens pages, sets screen and media, runs code in them, takes
 * pictures. Leaves what is looked at to check_page.mjs. Nothing but node is needed. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Browser {
  constructor(program) {
    this.home = mkdtempSync(join(tmpdir(), "propense-page-"));
    this.process = spawn(
      program,
      ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--hide-scrollbars", "--no-first-run", "--force-color-profile=srgb",
        "--remote-debugging-pipe", `--user-data-dir=${this.home}`, "about:blank"],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.waiting = new Map();
    this.listeners = [];
    this.number = 0;
    let buffer = "";
    this.process.stdio[4].setEncoding("utf8").on("data", (part) => {
      buffer += part;
      for (let end; (end = buffer.indexOf("\0")) >= 0; buffer = buffer.slice(end + 1))
        this.take(JSON.parse(buffer.slice(0, end)));
    });
    this.process.on("exit", () => {
      for (const w of this.waiting.values()) w.reject(new Error("Chromium ended"));
    });
  }

  take(message) {
    const w = this.waiting.get(message.id);
    if (!w) return this.listeners.forEach((l) => l(message));
    this.waiting.delete(message.id);
    if (message.error) w.reject(new Error(message.error.message));
    else w.resolve(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.number;
    this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  async open() {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId);
    for (const domain of ["Page", "Runtime", "Log"]) await page.send(`${domain}.enable`);
    return page;
  }

  async close() {
    const gone = new Promise((resolve) => this.process.on("exit", resolve));
    this.send("Browser.close").catch(() => {});
    await gone;
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Page {
  constructor(browser, session, target) {
    Object.assign(this, { browser, session, target, problems: [] });
    browser.listeners.push((m) => {
      if (m.sessionId !== session) return;
      if (m.method === "Runtime.exceptionThrown")
        this.problems.push(m.params.exceptionDetails.exception?.description ?? "exception");
      if (m.method === "Log.entryAdded") this.problems.push(m.params.entry.text);
      if (m.method === "Page.javascriptDialogOpening") this.problems.push(`dialog: ${m.params.message}`);
    });
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  async look({ width = 1200, height = 900, dark = false, print = false, script = true, scale = 1 }) {
    await this.send("Emulation.setDeviceMetricsOverride",
      { width, height, deviceScaleFactor: scale, mobile: width < 600 });
    await this.send("Emulation.setEmulatedMedia", {
      media: print ? "print" : "screen",
      features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }],
    });
    await this.send("Emulation.setScriptExecutionDisabled", { value: !script });
  }

  async go(url) {
    const { session } = this;
    const loaded = new Promise((resolve) => this.browser.listeners.push(function once(m) {
      if (m.sessionId === session && m.method === "Page.loadEventFired") resolve();
    }));
    const { errorText } = await this.send("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await loaded;
  }

  async run(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate",
      { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? "exception");
    return result.value;
  }

  async key(key) {
    for (const type of ["rawKeyDown", "keyUp"])
      await this.send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: { Tab: 9, ArrowRight: 39, ArrowLeft: 37, Escape: 27 }[key] });
  }

  async picture(whole = true) {
    const { data } = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: whole });
    return Buffer.from(data, "base64");
  }

  async pdf() {
    const { data } = await this.send("Page.printToPDF", { printBackground: true, preferCSSPageSize: true });
    return Buffer.from(data, "base64");
  }
}
