import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { checkLaws } from "./laws/check-laws.ts";

/** The laws of the house that the linter has no rule for. Prints each breach and fails when there is one. */
const root = path.resolve(import.meta.dirname, "../../..");
const skipped = new Set(["node_modules", "dist", "generated", "test-results", "playwright-report"]);

const files = globSync("{apps,packages,e2e}/**/*.{ts,tsx}", {
  cwd: root,
  exclude: (name) => skipped.has(path.basename(name)),
}).map((name) => ({ path: name.split(path.sep).join("/"), text: readFileSync(path.join(root, name), "utf8") }));

const breaches = checkLaws(files);
for (const { path: file, line, message } of breaches) console.error(`${file}:${line}: ${message}`);
console.log(`laws: ${files.length} files, ${breaches.length} ${breaches.length === 1 ? "breach" : "breaches"}`);
if (files.length === 0 || breaches.length > 0) process.exitCode = 1;
