import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lengthOf, lineSchema, momentSchema, textSchema } from "./text.ts";

const anyText = fc.string({ unit: "binary" });

describe("lengthOf", () => {
  it.each([
    ["", 0],
    ["Ada", 3],
    ["Å", 1],
    ["👋🏽", 2],
    ["𝒜𝒷", 2],
  ])("counts %j as a person would, in code points", (text, length) => {
    expect(lengthOf(text)).toBe(length);
  });
});

describe("textSchema", () => {
  it.each([
    ["U+0000", "a\u0000b", "must not contain the character U+0000"],
    ["half of a surrogate pair", "a\ud800b", "must be well-formed Unicode; it contains half of a surrogate pair"],
    ["the other half", "\udc00", "must be well-formed Unicode; it contains half of a surrogate pair"],
    ["nothing", "", "must not be empty"],
    ["too much", "x".repeat(6), "must have at most 5 characters"],
    ["too much outside the first plane", "𝒜".repeat(6), "must have at most 5 characters"],
  ])("refuses %s with a sentence", (_what, text, sentence) => {
    const parsed = textSchema({ min: 1, max: 5 }).safeParse(text);
    expect(parsed.error?.issues.map((issue) => issue.message)).toContain(sentence);
  });

  it("counts code points, so that five of the largest characters are five", () => {
    expect(textSchema({ max: 5 }).parse("𝒜".repeat(5))).toBe("𝒜".repeat(5));
  });

  it.each([null, undefined, 1, true, ["x"], { length: 1 }])("refuses %j, which is no text", (value) => {
    expect(textSchema({ max: 5 }).safeParse(value).success).toBe(false);
  });

  it("accepts exactly what PostgreSQL and UTF-8 give back unchanged, and changes nothing", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = textSchema({ max: 1_000 }).safeParse(text);
        const survives =
          new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text)) === text &&
          !text.includes("\u0000");
        expect(parsed.success).toBe(survives);
        if (parsed.success) expect(parsed.data).toBe(text);
      }),
      { examples: [["\u0000"], ["\ud83d"], ["\u202e"], ["\ufeff"]] },
    );
  });
});

describe("lineSchema", () => {
  it.each([
    ["  Ada   Lovelace ", "Ada Lovelace"],
    ["Ada\r\nLovelace", "Ada Lovelace"],
    ["\u2028Ada\u00a0\tLovelace\ufeff", "Ada Lovelace"],
    ["A\u030angstro\u0308m", "\u00c5ngstr\u00f6m"],
  ])("makes one tidy line of %j", (typed, line) => {
    expect(lineSchema({ max: 40 }).parse(typed)).toBe(line);
  });

  it("measures what is left, not what was typed", () => {
    expect(lineSchema({ min: 1, max: 5 }).parse("  Ada  ")).toBe("Ada");
    expect(lineSchema({ min: 1, max: 5 }).safeParse("   ").success).toBe(false);
  });

  it("leaves its own results as they are", () => {
    const line = lineSchema({ max: 1_000 });
    fc.assert(
      fc.property(anyText, (text) => {
        const once = line.safeParse(text);
        if (once.success) expect(line.parse(once.data)).toBe(once.data);
      }),
    );
  });
});

describe("momentSchema", () => {
  it.each([
    "2026-02-28T23:59:59Z",
    "2026-02-28T23:59:59.123Z",
    "2026-02-28T23:59:59.123456789Z",
    "1970-01-01T00:00:00Z",
    "2028-02-29T00:00:00Z",
  ])("accepts %s", (moment) => {
    expect(momentSchema.parse(moment)).toBe(moment);
  });

  it.each([
    ["an offset", "2026-02-28T23:59:59+01:00"],
    ["no zone", "2026-02-28T23:59:59"],
    ["a day that does not exist", "2026-02-30T00:00:00Z"],
    ["an hour that does not exist", "2026-02-28T24:00:00Z"],
    ["a date alone", "2026-02-28"],
    ["the time before 1970", "1969-12-31T23:59:59Z"],
    ["the year 0", "0000-01-01T00:00:00Z"],
    ["a year of five digits", "+12026-01-01T00:00:00Z"],
    ["a tenth digit after the second", "2026-02-28T23:59:59.1234567890Z"],
    ["hundreds of digits after the second", `2026-02-28T23:59:59.${"1".repeat(300)}Z`],
    ["lower case", "2026-02-28t23:59:59z"],
    ["a number", 1_770_000_000],
    ["infinity", "infinity"],
    ["nothing", ""],
  ])("refuses %s", (_what, moment) => {
    expect(momentSchema.safeParse(moment).success).toBe(false);
  });
});
