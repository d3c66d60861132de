import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { POLICY } from "../core/policy.ts";
import { PERMISSIONS_FILE, renderPermissions } from "./permissions-page.ts";

it("docs/permissions.md says what the policy table says: run pnpm docs:permissions after changing it", async () => {
  expect(await readFile(PERMISSIONS_FILE, "utf8")).toBe(renderPermissions());
});

it("every row of the table has its line", () => {
  const page = renderPermissions();
  for (const name of Object.keys(POLICY)) expect(page).toContain(`| \`${name.replace(/^WS /, "")}\` | `);
});
