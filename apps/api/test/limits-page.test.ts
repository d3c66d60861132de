import { readFileSync } from "node:fs";
import { CLOSE_CODES } from "@confab/shared/events";
import { BODY_BYTES_MAX } from "@confab/shared/limits";
import { expect, it } from "vitest";
import { LIMITS } from "../src/plugins/rate-limit.ts";

const page = readFileSync(new URL("../../../docs/limits.md", import.meta.url), "utf8");

it("docs/limits.md has every code by which a connection is closed", () => {
  for (const code of Object.values(CLOSE_CODES)) expect(page).toMatch(new RegExp(`^\\| ${code} \\|`, "m"));
});

it("docs/limits.md has the numbers of the limits on tries, and the length of a frame", () => {
  for (const { max } of Object.values(LIMITS)) expect(page).toMatch(new RegExp(`\\b${max}\\b`));
  expect(page).toContain(`${BODY_BYTES_MAX / 1024} KiB`);
});
