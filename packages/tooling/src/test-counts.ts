import { existsSync, readFileSync } from "node:fs";

export interface Counts {
  passed: number;
  failed: number;
}

/** A step that is one check: it held or it did not. */
export function countCheck(ok: boolean): Counts {
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: VitestFile[];
}

interface VitestFile {
  name: string;
  status: string;
  message: string;
  assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
}

export function countVitest(reportFile: string, exitCode: number): Counts {
  const report = readReport<VitestReport>(reportFile);
  return believe({ passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0 }, exitCode);
}

/** Each failed test with what it said, to be shown where a long log ends: its middle may be gone. */
export function listVitestFailures(reportFile: string): string[] {
  return (readReport<VitestReport>(reportFile)?.testResults ?? []).flatMap(
    ({ name, status, message, assertionResults }) => {
      const failed = assertionResults.filter((test) => test.status === "failed");
      if (failed.length === 0 && status === "failed") return [`${name}: ${message}`];
      return failed.map((test) => `${name}: ${test.fullName}\n${test.failureMessages.join("\n")}`);
    },
  );
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
}

/** A flaky test failed once, and a skipped one (its neighbour broke the worker, say) proved nothing: both failed. */
export function countPlaywright(reportFile: string, exitCode: number): Counts {
  const stats = readReport<PlaywrightReport>(reportFile)?.stats;
  const failed = stats ? stats.unexpected + stats.flaky + stats.skipped : 0;
  return believe({ passed: stats?.expected ?? 0, failed }, exitCode);
}

interface ChaosReport {
  seed: string;
  results: { family: string; title: string; outcome: "passed" | "failed" | "skipped"; reasons: string[] }[];
}

/** What is skipped here (a program is not installed) is named in the log, and counts as neither. */
export function countChaos(reportFile: string, exitCode: number): Counts {
  const results = readReport<ChaosReport>(reportFile)?.results ?? [];
  const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  return believe({ passed: count("passed"), failed: count("failed") }, exitCode);
}

/** Each fault that broke a promise, with what was wrong and the seed that repeats it. */
export function listChaosFailures(reportFile: string): string[] {
  const report = readReport<ChaosReport>(reportFile);
  return (report?.results ?? [])
    .filter(({ outcome }) => outcome === "failed")
    .map(({ family, title, reasons }) => `${family} ${title} (seed ${report?.seed}):\n${reasons.join("\n")}`);
}

/** A suite that ran nothing, or broke without naming a failed test, has failed all the same. */
function believe(counts: Counts, exitCode: number): Counts {
  const ranNothing = counts.passed + counts.failed === 0;
  const brokeUnnamed = exitCode !== 0 && counts.failed === 0;
  return ranNothing || brokeUnnamed ? { ...counts, failed: 1 } : counts;
}

function readReport<Report>(reportFile: string): Report | null {
  return existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, "utf8")) as Report) : null;
}
