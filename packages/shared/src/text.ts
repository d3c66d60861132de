import { z } from "zod";

/** How long a person would say a text is: code points, not UTF-16 units. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/**
 * Text that survives the whole way and back unchanged. U+0000 and lone surrogates pass JSON, but PostgreSQL
 * refuses the first and replaces the second, so both are refused at the edge.
 */
export function textSchema(bounds: { min?: number; max: number }) {
  const min = bounds.min ?? 0;
  return z
    .string()
    .refine((text) => !text.includes("\u0000"), "must not contain the character U+0000")
    .refine((text) => text.isWellFormed(), "must be well-formed Unicode; it contains half of a surrogate pair")
    .refine((text) => text.length >= min, min === 1 ? "must not be empty" : `must have at least ${min} characters`)
    .refine(
      (text) => text.length <= bounds.max || lengthOf(text) <= bounds.max,
      `must have at most ${bounds.max} characters`,
    );
}

/** One line of text, its outer and repeated blanks removed: names and descriptions. */
export function lineSchema(bounds: { min?: number; max: number }) {
  return z
    .string()
    .transform((text) => text.normalize("NFC").replace(/\s+/gu, " ").trim())
    .pipe(textSchema(bounds));
}

/** A moment on the wire: RFC 3339 in UTC with `Z`. */
export const momentSchema = z.iso
  .datetime({ offset: false, message: "must be an RFC 3339 time in UTC, ending in Z" })
  .refine((moment) => moment >= "1970", "must not lie before 1970")
  // PostgreSQL reads a moment into a buffer of fixed length.
  .refine((moment) => !/\.\d{10}/.test(moment), "must have at most 9 digits after the second");
