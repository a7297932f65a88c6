// What has to hold on every page of ours.

import assert from "node:assert/strict";
import { join } from "node:path";

import axe from "axe-core";

const views = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
};

/** Looks at the page in each view, light and dark, and keeps pictures in `folder`. */
export async function inspect(page, name, folder) {
  await page.evaluate(axe.source);
  for (const [view, size] of Object.entries(views)) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      if (folder) {
        await page.screenshot({ path: join(folder, `${name}-${view}-${colorScheme}.png`), fullPage: true });
      }
      await noBarrier(page, `${name}, ${view}, ${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await bones(page, name);
  await fits(page, name);
  await page.setViewportSize(views.desktop);
  await focusShows(page, name);
}

/** Nothing for axe-core to complain of, best practices included. */
async function noBarrier(page, where) {
  const { violations, passes } = await page.evaluate(() =>
    // Preloading would fetch the style sheet, which the page's policy rightly forbids.
    globalThis.axe.run({ preload: false, rules: { "target-size": { enabled: true } } }),
  );
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join("\n  ")}`);
  assert.deepEqual(told, [], where);
  assert.ok(passes.some(({ id }) => id === "color-contrast"), `${where}: the contrast was measured`);
}

/** What axe-core leaves open: one heading, no script, nothing that moves, room for a thumb. */
async function bones(page, name) {
  const found = await page.evaluate(() => {
    const all = [...document.querySelectorAll("*")];
    const pressed = [...document.querySelectorAll("button, .button, summary, input:not([type=hidden]), .check label")];
    const moves = (style) => style.animationName !== "none" || style.transitionDuration !== "0s";
    return {
      headings: document.querySelectorAll("h1").length,
      scripts: document.scripts.length,
      moving: all.filter((element) => moves(getComputedStyle(element))).length,
      small: pressed
        // A box is pressed by its label, too.
        .filter((element) => element.type !== "checkbox" && element.getBoundingClientRect().height < 44)
        .map((element) => element.outerHTML),
    };
  });
  assert.deepEqual(found, { headings: 1, scripts: 0, moving: 0, small: [] }, name);
}

/** Nothing sticks out at 320 px, nor on a desktop at 200 %, nor with text of double size. */
async function fits(page, name) {
  for (const [width, text] of [[320, "100%"], [640, "100%"], [640, "200%"], [320, "200%"]]) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate((text) => {
      document.documentElement.style.fontSize = text;
      const room = document.documentElement.clientWidth;
      const out = [...document.querySelectorAll("body *")].filter(
        (element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0,
      );
      const wide = [document.documentElement.scrollWidth - room, ...out.map((element) => element.outerHTML)];
      document.documentElement.style.fontSize = "";
      return wide;
    }, text);
    assert.deepEqual(wide, [0], `${name} at ${width} px, text ${text}`);
  }
}

/** Whoever goes by the Tab key sees where they are. */
async function focusShows(page, name) {
  const stops = await page.locator("a[href], button, summary, input:not([type=hidden])").count();
  // From the top, wherever the page itself has put the focus.
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  });
  for (let stop = 0; stop < stops; stop += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return { element: document.activeElement.outerHTML, outlineStyle, outlineWidth };
    });
    assert.deepEqual([focused.outlineStyle, focused.outlineWidth], ["solid", "3px"], `${name}: ${focused.element}`);
  }
}
