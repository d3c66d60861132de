import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SABOTAGES, sabotaged } from "./sabotages.ts";

it.each(SABOTAGES)("finds in the server's sources what it replaces: $name", (sabotage) => {
  const source = readFileSync(new URL(`../../../../apps/api/src/${sabotage.file}`, import.meta.url), "utf8");
  const changed = sabotaged(source, sabotage);
  for (const [, replacement] of sabotage.changes) expect(changed).toContain(replacement);
  expect(() => sabotaged(changed, sabotage)).toThrow("to sabotage");
});
