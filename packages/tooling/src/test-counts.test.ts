import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  countChaos,
  countCheck,
  countPlaywright,
  countVitest,
  listChaosFailures,
  listVitestFailures,
} from "./test-counts.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "confab-counts-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function report(content: object): string {
  const file = path.join(folder, "report.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe("counting", () => {
  it("counts a check as one test", () => {
    expect(countCheck(true)).toEqual({ passed: 1, failed: 0 });
    expect(countCheck(false)).toEqual({ passed: 0, failed: 1 });
  });

  it("takes the numbers of a suite that ran", () => {
    const vitest = report({ numPassedTests: 7, numFailedTests: 2 });
    expect(countVitest(vitest, 1)).toEqual({ passed: 7, failed: 2 });
    const playwright = report({ stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 1 } });
    expect(countPlaywright(playwright, 1)).toEqual({ passed: 5, failed: 3 });
  });

  it("counts a suite as failed that ran no test, left no report, or broke beside its tests", () => {
    expect(countVitest(report({ numPassedTests: 0, numFailedTests: 0 }), 0)).toEqual({ passed: 0, failed: 1 });
    expect(countVitest(path.join(folder, "absent.json"), 0)).toEqual({ passed: 0, failed: 1 });
    expect(countVitest(report({ numPassedTests: 7, numFailedTests: 0 }), 1)).toEqual({ passed: 7, failed: 1 });
    const playwright = report({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 } });
    expect(countPlaywright(playwright, 1)).toEqual({ passed: 0, failed: 1 });
  });

  it("lists what failed with what it said, also a file that broke before its tests", () => {
    const passed = { status: "passed", fullName: "adds", failureMessages: [] };
    const failed = { status: "failed", fullName: "subtracts", failureMessages: ["expected 1 to be 2"] };
    const vitest = report({
      testResults: [
        { name: "a.test.ts", status: "failed", message: "", assertionResults: [passed, failed] },
        { name: "b.test.ts", status: "failed", message: "no such module", assertionResults: [] },
        { name: "c.test.ts", status: "passed", message: "", assertionResults: [passed] },
      ],
    });
    expect(listVitestFailures(vitest)).toEqual([
      "a.test.ts: subtracts\nexpected 1 to be 2",
      "b.test.ts: no such module",
    ]);
    expect(listVitestFailures(path.join(folder, "absent.json"))).toEqual([]);
  });

  it("counts each fault as one test, a skipped one as none, and lists what broke with the seed that repeats it", () => {
    const chaos = report({
      seed: "7",
      results: [
        { family: "T1", title: "a node killed", outcome: "passed", reasons: [] },
        { family: "T2", title: "a database killed", outcome: "failed", reasons: ["lost: 1", "gaps: 2"] },
        { family: "T7", title: "Redis lost", outcome: "skipped", reasons: ["there is no redis-server here"] },
      ],
    });
    expect(countChaos(chaos, 1)).toEqual({ passed: 1, failed: 1 });
    expect(listChaosFailures(chaos)).toEqual(["T2 a database killed (seed 7):\nlost: 1\ngaps: 2"]);
    expect(countChaos(report({ seed: "7", results: [] }), 0)).toEqual({ passed: 0, failed: 1 });
    expect(countChaos(path.join(folder, "absent.json"), 1)).toEqual({ passed: 0, failed: 1 });
  });
});
