import { expect, it } from "vitest";
import { lifetimeChoices } from "./lifetime-choices.ts";

const labels = (hours: number) => lifetimeChoices(hours).map(({ label }) => label);
const USUAL = ["1 hour", "4 hours", "8 hours", "1 day", "3 days", "7 days", "30 days"];

it("offers the usual times once, also when one of them is set", () => {
  expect(labels(24)).toEqual(USUAL);
});

it.each([
  [0.5, 0, "30 minutes"],
  [36, 4, "36 hours"],
  [48, 4, "2 days"],
])("puts %s hours, set by another program, in their place", (hours, place, label) => {
  expect(labels(hours)).toEqual(USUAL.toSpliced(place, 0, label));
});
