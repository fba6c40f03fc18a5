/* Reports in a real Chromium: valid, accessible in light and dark, within a phone's width, nothing
 * clipped or written over in charts, readable without scripts, usable by keyboard, printable.
 * Leaves the reports to make_pages.sh and Chromium to browser.mjs.
 * usage: node check_page.mjs CHROMIUM MODULES PAGE.html... */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser } from "./browser.mjs";

const [chromium, modules, ...files] = process.argv.slice(2);
const require = createRequire(resolve(modules, "package.json"));
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const { HtmlValidate, StaticConfigLoader } = require("html-validate");
/* The style stands in the page, and titles of pages and charts may be as long as they need. */
const validator = new HtmlValidate(new StaticConfigLoader({
  root: true,
  extends: ["html-validate:recommended"],
  rules: { "long-title": "off", "no-inline-style": "off", "require-sri": "off" },
}));

let passed = 0;
const failures = [];
function check(file, what, problems) {
  if (problems.length === 0) passed++;
  else failures.push(`${basename(file)}: ${what}\n    ${problems.slice(0, 6).join("\n    ")}`);
}

async function validate(file) {
  const report = await validator.validateFile(file);
  return report.results.flatMap((r) => r.messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
}

const run_axe = `axe.run({ resultTypes: ["violations"] }).then((r) => r.violations.map(
  (v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" | ")))`;

/* Words of a chart that leave it, or lie on each other by more than a pixel. */
const chart_words = `[...document.querySelectorAll("figure svg")].flatMap((svg) => {
  const box = svg.getBoundingClientRect(), found = [];
  const words = [...svg.querySelectorAll("text")].map((t) => [t.textContent, t.getBoundingClientRect()]);
  words.forEach(([a, p], i) => {
    if (p.left < box.left - 1 || p.right > box.right + 1 || p.top < box.top - 1 || p.bottom > box.bottom + 1)
      found.push("clipped: " + a);
    words.slice(i + 1).forEach(([b, q]) => {
      const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
      const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
      if (wide > 1 && high > 3) found.push(svg.querySelector("title").textContent + ": '" + a + "' on '" + b + "'");
    });
  });
  return found;
})`;

/* What sticks out to the right of the window, but for tables that scroll by themselves. */
const too_wide = `document.documentElement.scrollWidth > innerWidth
  ? ["the page is " + document.documentElement.scrollWidth + " wide in a window of " + innerWidth] : []`;

const values_by_keyboard = `(() => {
  const figure = document.querySelector("figure[tabindex]"), hint = document.querySelector("#hint");
  if (!figure) return document.querySelector("figure g title") ? ["no chart takes the focus"] : [];
  const key = (k) => figure.dispatchEvent(new KeyboardEvent("keydown", { key: k, bubbles: true }));
  figure.focus();
  key("ArrowRight");
  const shown = !hint.hidden && hint.textContent.length > 0;
  key("Escape");
  return [...(document.activeElement === figure ? [] : ["the focus does not arrive"]),
    ...(shown ? [] : ["no value is shown"]), ...(hint.hidden ? [] : ["Escape does not hide it"])];
})()`;

async function look(page, file) {
  const url = pathToFileURL(resolve(file)).href;
  for (const dark of [false, true]) {
    await page.look({ dark });
    await page.go(url);
    await page.run(axe);
    check(file, `axe, ${dark ? "dark" : "light"}`, await page.run(run_axe));
  }
  check(file, "words of charts", await page.run(chart_words));
  check(file, "keyboard", await page.run(values_by_keyboard));
  const read = await page.run("document.querySelector('main').innerText");
  await page.look({ width: 390, height: 800 });
  await page.go(url);
  check(file, "phone", await page.run(too_wide));
  await page.run(axe);
  check(file, "axe, phone", await page.run(run_axe));
  await page.look({ script: false });
  await page.go(url);
  const without = await page.run("document.querySelector('main').innerText");
  check(file, "without scripts", read === without ? [] : ["other words than with them"]);
  await page.look({ print: true });
  const pdf = await page.pdf();
  check(file, "print", pdf.subarray(0, 5).toString() === "%PDF-" && pdf.length > 20000 ? [] : ["no PDF"]);
  check(file, "scripts from data, errors", page.problems.splice(0));
}

const browser = new Browser(chromium);
try {
  const page = await browser.open();
  for (const file of files) {
    check(file, "html-validate", await validate(file));
    check(file, "size", readFileSync(file).length <= 500_000 ? [] : [`${readFileSync(file).length} bytes`]);
    await look(page, file);
  }
} finally {
  await browser.close();
}
for (const f of failures) console.log(f);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
