import { checkApi } from "./api-laws.ts";
import { checkHouse } from "./house-laws.ts";
import type { Breach, SourceFile } from "./source-file.ts";
import { checkWeb } from "./web-laws.ts";

/** All laws over all files, sorted for reading. */
export function checkLaws(files: SourceFile[]): Breach[] {
  return [...checkHouse(files), ...checkApi(files), ...checkWeb(files)].sort(
    (a, b) => a.path.localeCompare(b.path) || a.line - b.line,
  );
}
