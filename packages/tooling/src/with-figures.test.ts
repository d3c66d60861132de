import { describe, expect, it } from "vitest";
import { withFigures } from "./with-figures.ts";

const pageOf = (figures: string) => `# Speed

<!-- figures of the last full run: written by \`pnpm chaos\` -->
lost 0
<!-- end of figures -->
<!-- figures of the last full run: written by \`pnpm bench\` -->
${figures}
<!-- end of figures -->
and more
`;

describe("figures in a page", () => {
  it("take the place of the last ones, and leave what stands around them", () => {
    expect(withFigures(pageOf("old\nand older"), "pnpm bench", "new")).toBe(pageOf("new"));
  });

  it.each([
    ["no marks", "# Speed"],
    ["another command's marks only", pageOf("old").replace("pnpm bench", "pnpm other")],
    ["no mark at the end", pageOf("old").replace(/<!-- end of figures -->\nand more/, "")],
  ])("are not written into a page with %s", (_, page) => {
    expect(() => withFigures(page, "pnpm bench", "new")).toThrow("pnpm bench");
  });
});
