/** A name as one compares it with what somebody typed: without accents, in small letters. */
export function foldedName(name: string): string {
  return name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
