import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idSchema, newId } from "./ids.ts";

const LAST_MOMENT = 2 ** 48 - 1;

describe("newId", () => {
  it("is a UUID of version 7 and variant 10, for every moment 48 bits can hold", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LAST_MOMENT }), (moment) => {
        const id = newId(moment);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(idSchema.safeParse(id).success).toBe(true);
        expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(moment);
      }),
    );
  });

  it("sorts by the moment it was made", () => {
    const moments = fc.uniqueArray(fc.integer({ min: 0, max: LAST_MOMENT }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(moments, ([one = 0, other = 0]) => {
        expect(newId(one) < newId(other)).toBe(one < other);
      }),
    );
  });

  it("says now when no moment is named", () => {
    const before = Date.now();
    const moment = Number.parseInt(newId().replace("-", "").slice(0, 12), 16);
    expect(moment).toBeGreaterThanOrEqual(before);
    expect(moment).toBeLessThanOrEqual(Date.now());
  });

  it("never comes twice, not even within one millisecond", () => {
    const ids = new Set(Array.from({ length: 50_000 }, () => newId(1_700_000_000_000)));
    expect(ids.size).toBe(50_000);
  });
});

describe("idSchema", () => {
  it.each([
    ["upper case", "01890A5D-AC96-774B-BCCE-B302099A8057"],
    ["braces", "{01890a5d-ac96-774b-bcce-b302099a8057}"],
    ["no hyphens", "01890a5dac96774bbcceb302099a8057"],
    ["a line break at its end", "01890a5d-ac96-774b-bcce-b302099a8057\n"],
    ["a letter that is no hexadecimal digit", "01890a5d-ac96-774b-bcce-b302099a805g"],
    ["other digits", "٠1890a5d-ac96-774b-bcce-b302099a8057"],
    ["nothing", ""],
    ["a number", 1],
    ["a list of one", ["01890a5d-ac96-774b-bcce-b302099a8057"]],
    ["null", null],
  ])("refuses %s", (_what, value) => {
    expect(idSchema.safeParse(value).success).toBe(false);
  });
});
