import path from "node:path";
import { type Breach, type Import, importsOf, isTest, type SourceFile } from "./source-file.ts";

const EMPTY_WORDS = /(?:^|[-.])(?:utils?|helpers?|common|managers?|misc)(?:[-.]|$)/;

/** Laws of the whole house: what packages may import from each other, and what a file may be called. */
export function checkHouse(files: SourceFile[]): Breach[] {
  return files.flatMap((file) => [
    ...nameProblems(file),
    ...importsOf(file).flatMap((found) => {
      const message = packageProblem(file, found);
      return message ? [{ path: file.path, line: found.line, message }] : [];
    }),
  ]);
}

/** The package a repository path lies in: "apps/api", "packages/shared", "e2e"; null for files of the root. */
function packageOf(filePath: string): string | null {
  return /^(?:(?:apps|packages)\/[^/]+|e2e)(?=\/)/.exec(filePath)?.[0] ?? null;
}

function importedPackage({ specifier, target }: Import): string | null {
  if (target) return packageOf(target);
  const name = /^@confab\/([^/]+)/.exec(specifier)?.[1];
  if (!name) return null;
  return name === "api" || name === "web" ? `apps/${name}` : name === "e2e" ? "e2e" : `packages/${name}`;
}

function packageProblem(file: SourceFile, found: Import): string | null {
  const own = packageOf(file.path);
  const other = importedPackage(found);
  if (own === "packages/shared") {
    const allowed = other ? other === own : isTest(file.path) || /^zod(?:\/|$)/.test(found.specifier);
    return allowed
      ? null
      : `packages/shared imports only zod and itself, not "${found.specifier}". Move the code into the app that needs it.`;
  }
  if (!other || other === own || other === "packages/shared") return null;
  // What the server's package offers to others by its "exports", and nothing else of it, may be used by the harness.
  if (own === "packages/chaos" && /^@confab\/api\//.test(found.specifier)) return null;
  // The same for the tools of those who write figures into pages.
  if (/^packages\/(?:bench|chaos)$/.test(own ?? "") && /^@confab\/tooling\//.test(found.specifier)) return null;
  return `${own} must not import ${other}. Only packages/shared is shared: put what both need there.`;
}

function nameProblems(file: SourceFile): Breach[] {
  const breach = (message: string): Breach[] => [{ path: file.path, line: 1, message }];
  const name = path.posix.basename(file.path);
  if (/^index\.tsx?$/.test(name)) {
    return breach("no barrel files. Import from the file that defines the thing.");
  }
  const empty = file.path.split("/").find((part) => EMPTY_WORDS.test(part));
  return empty
    ? breach(`"${empty}" says nothing about what is inside. Name the file after the noun or the act it holds.`)
    : [];
}
