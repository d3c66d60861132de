import { expect, it } from "vitest";
import { suggestName } from "./suggest-name.ts";

it.each([
  ["Carol", "Carol 2"],
  [" Carol ", "Carol 2"],
  ["Carol 2", "Carol 3"],
  ["Carol 9", "Carol 10"],
  ["Carol Danvers", "Carol Danvers 2"],
  ["007", "007 2"],
  ["🦜".repeat(40), `${"🦜".repeat(38)} 2`],
  [`${"a".repeat(37)} bb`, `${"a".repeat(37)} 2`],
])("%s → %s", (taken, suggestion) => {
  expect(suggestName(taken)).toBe(suggestion);
});
