import { USERNAME_MAX } from "@confab/shared/limits";

/** A name close to one that is taken: "Carol" becomes "Carol 2", and that "Carol 3". */
export function suggestName(taken: string): string {
  const [, name = "", number = "1"] = /^(.*?)(?: (\d{1,4}))?$/su.exec(taken.trim()) ?? [];
  const ending = ` ${Number(number) + 1}`;
  return Array.from(name)
    .slice(0, USERNAME_MAX - ending.length)
    .join("")
    .trimEnd()
    .concat(ending);
}
