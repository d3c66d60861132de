import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** What can be said of any page by looking at it. */

/** The page has stopped loading: its heading stands, and no skeleton or animation is left. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading").first()).toBeVisible();
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
  );
}

/** What shuts somebody out, in the words of the checker. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`));
}

/** Everything that can be scrolled sideways and is not meant to be, by its first class names. */
export async function sidewaysScrollers(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [document.documentElement, ...document.body.querySelectorAll<HTMLElement>("*")]
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
      .filter((element) => {
        const { overflowX } = getComputedStyle(element);
        const scrolls = element === document.documentElement || overflowX === "auto" || overflowX === "scroll";
        return scrolls && element.closest("pre") === null;
      })
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}`),
  );
}
