import { auditActionSchema } from "@confab/shared/audit";
import { describe, expect, it } from "vitest";
import { actionGroups, EVERYTHING, filterOf } from "./audit-filter.ts";

describe("filterOf", () => {
  it("asks for everything when nothing is filled in", () => {
    expect(filterOf({ ...EVERYTHING, person: "  " })).toEqual({});
  });

  it("asks for an action and for part of a name", () => {
    expect(filterOf({ ...EVERYTHING, action: "group.created", person: " Ada " })).toEqual({
      action: "group.created",
      query: "Ada",
    });
  });

  it("takes both days whole, as they are where the reader is", () => {
    expect(filterOf({ ...EVERYTHING, from: "2026-02-27", until: "2026-02-28" })).toEqual({
      from: new Date(2026, 1, 27, 0, 0).toISOString(),
      until: new Date(2026, 2, 1, 0, 0).toISOString(),
    });
  });
});

it("actionGroups holds every action once", () => {
  const all = actionGroups().flatMap(({ actions }) => actions);
  expect(all.toSorted()).toEqual(auditActionSchema.options.toSorted());
});
