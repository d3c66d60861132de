import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { USERNAME_MAX } from "./limits.ts";
import { lengthOf } from "./text.ts";
import { emailSchema, listUsersQuerySchema, passwordSchema, usernameSchema } from "./users.ts";

describe("usernameSchema", () => {
  it.each([
    "Ada",
    "Ada Lovelace",
    "O'Brien",
    "O’Brien",
    "Jean-Luc",
    "Martin Luther King Jr.",
    "ben_42",
    "Nuñez",
    "Łukasz Żółć",
    "Nguyễn Thị Ánh",
    "Ærøskøbing Þór",
    "Наталья Ковалёва",
    "Σωκράτης",
    "Հայկ",
    "ნინო",
    "דָּוִד",
    "محمد عبد الله",
    "فاطمه",
    "अनुष्का शर्मा",
    "லட்சுமி",
    "ณัฐวุฒิ",
    "ရွှေမှုံရတီ",
    "ချိုပြုံး",
    "ស្រីនាង",
    "王小明",
    "买买提·艾力",
    "山田 太郎",
    "ジョン・スミス",
    "김철수",
    "ትዕግሥት",
    "ᎠᏓ",
    "7",
  ])("accepts %s as it is written", (name) => {
    expect(usernameSchema.parse(name)).toBe(name.normalize("NFC"));
  });

  it.each([
    ["  Ada  Lovelace ", "Ada Lovelace"],
    ["ＡＤＡ", "ADA"],
    ["𝐀𝐝𝐚", "Ada"],
    ["Rene\u0301", "Ren\u00e9"],
    ["Ada\u00a0Lovelace", "Ada Lovelace"],
    ["ﬁona", "fiona"],
  ])("writes %j in the one common form", (typed, name) => {
    expect(usernameSchema.parse(typed)).toBe(name);
  });

  it.each([
    ["a zero-width space", "A\u200bda"],
    ["a zero-width joiner", "A\u200dda"],
    ["a word joiner", "Ada\u2060"],
    ["a Mongolian vowel separator", "A\u180eda"],
    ["a soft hyphen", "A\u00adda"],
    ["a Hangul filler, a letter that shows nothing", "Ada\u3164"],
    ["the halfwidth Hangul filler", "Ada\uffa0"],
    ["a Hangul choseong filler", "\u115fAda"],
    ["a variation selector", "Ada\ufe0f"],
    ["a combining grapheme joiner", "A\u034fda"],
    ["a supplementary variation selector", "Ada\u{e0100}"],
    ["a Khmer vowel that shows nothing", "Ada\u17b4"],
    ["a Braille blank", "Ada\u2800"],
    ["a right-to-left override", "Ada\u202eneB"],
    ["a right-to-left mark", "Ada\u200f"],
    ["a direction isolate", "\u2067Ada\u2069"],
    ["an Arabic letter mark", "Ada\u061c"],
    ["a tag character", "Ada\u{e0041}"],
    ["a bell", "Ada\u0007"],
    ["an escape", "\u001b[31mAda"],
    ["delete", "Ada\u007f"],
    ["a C1 control", "Ada\u0085\u009b"],
    ["U+0000", "Ada\u0000"],
    ["half of a surrogate pair", "Ada\ud800"],
    ["a private character", "Ada\ue000"],
    ["a character nobody has given a meaning", "Ada\u0378"],
    ["an e-mail address", "ada@example.org"],
    ["markup", "<b>Ada</b>"],
    ["a path", "ada/ben"],
    ["an emoji", "Ada👋"],
    ["only blanks", "   "],
    ["nothing", ""],
    ["a first mark without a letter", "\u0301Ada"],
    ["a hyphen first", "-Ada"],
    ["a full stop first", ".Ada"],
    ["a tower of accents", `A${"\u0335".repeat(8)}da`],
    ["a tower of different accents", "Z\u0335\u0300\u0301\u0302\u0303\u0304alg\u0335o"],
    ["41 letters", "a".repeat(41)],
    ["41 letters of two units", "𐐀".repeat(41)],
    ["one character that stands for eighteen, three times", "\ufdfa".repeat(3)],
    ["a number", 7],
    ["null", null],
    ["a list", ["Ada"]],
  ])("refuses %s", (_what, name) => {
    expect(usernameSchema.safeParse(name).success).toBe(false);
  });

  it("accepts 40 code points of any plane", () => {
    expect(usernameSchema.safeParse("a".repeat(40)).success).toBe(true);
    expect(usernameSchema.safeParse("𠀀".repeat(40)).success).toBe(true);
  });

  it("leaves an accepted name as it is, short enough and without anything that cannot be seen", () => {
    const unseen = /\p{C}|\p{Default_Ignorable_Code_Point}|\p{Zl}|\p{Zp}|[^\S ]/u;
    const likelyLetter = fc.constantFrom(..."Ada Bén-_.'ßИ王ａﬁ\u3164\u0301\u200b\u202e\u00a0\u0000");
    const name = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: likelyLetter, maxLength: 50 }));
    fc.assert(
      fc.property(name, (typed) => {
        const parsed = usernameSchema.safeParse(typed);
        if (!parsed.success) return;
        expect(usernameSchema.parse(parsed.data)).toBe(parsed.data);
        expect(lengthOf(parsed.data)).toBeLessThanOrEqual(USERNAME_MAX);
        expect(parsed.data).not.toMatch(unseen);
        expect(parsed.data).not.toContain("@");
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("emailSchema", () => {
  it.each([
    ["ada@example.org", "ada@example.org"],
    ["  Ada.Lovelace+chat@Example.ORG ", "ada.lovelace+chat@example.org"],
  ])("reads %j as %s", (typed, email) => {
    expect(emailSchema.parse(typed)).toBe(email);
  });

  it.each([
    "ada",
    "@example.org",
    "ada@",
    "ada@example",
    "ada ben@example.org",
    "ada@exa mple.org",
    "",
    "a\u0000@b.org",
  ])("refuses %j", (email) => {
    expect(emailSchema.safeParse(email).success).toBe(false);
  });

  it("refuses what is longer than an address can be", () => {
    expect(emailSchema.safeParse(`${"a".repeat(250)}@example.org`).success).toBe(false);
  });
});

describe("passwordSchema", () => {
  it("takes 8 to 256 characters of any script, blanks included, and changes none", () => {
    for (const password of ["12345678", "  spaced out  ", "пароль-пароль", "👋".repeat(8), "x".repeat(256)])
      expect(passwordSchema.parse(password)).toBe(password);
  });

  it.each([
    ["seven characters", "1234567"],
    ["257", "x".repeat(257)],
    ["U+0000", "long enough\u0000"],
  ])("refuses %s", (_what, password) => {
    expect(passwordSchema.safeParse(password).success).toBe(false);
  });
});

describe("listUsersQuerySchema", () => {
  it.each([
    { limit: "0" },
    { limit: "51" },
    { limit: "1.5" },
    { limit: "ten" },
    { limit: ["1", "2"] },
    { offset: "1" },
  ])("refuses %j", (query) => {
    expect(listUsersQuerySchema.safeParse(query).success).toBe(false);
  });

  it("reads the limit of a query string", () => {
    expect(listUsersQuerySchema.parse({ limit: "50", query: "a" })).toEqual({ limit: 50, query: "a" });
  });
});
