import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { installDebianPrograms } from "./debian-programs.ts";
import {
  type Counts,
  countChaos,
  countCheck,
  countPlaywright,
  countVitest,
  listChaosFailures,
  listVitestFailures,
} from "./test-counts.ts";

/**
 * What `pnpm test` and `pnpm check` run: every step after the other (two cores do not gain from more), none
 * stopped by the failure of one it does not need, and one line of numbers at the end.
 */
interface Step {
  name: string;
  /** A step whose failure makes this one pointless: it is counted as failed without being run. */
  needs?: string;
  /** Minutes long: not for `pnpm check`. */
  isLong?: boolean;
  run: () => Promise<Counts>;
}

const root = path.resolve(import.meta.dirname, "../../..");
const reports = mkdtempSync(path.join(tmpdir(), "confab-reports-"));
const STEP_MINUTES_MAX = 20;
const FAILURE_LENGTH_MAX = 3_000;
const failures: string[] = [];

const steps: Step[] = [
  { name: "lint", run: lint },
  { name: "types", run: () => check("turbo", ["run", "types", "--continue"]) },
  { name: "build", run: () => check("turbo", ["run", "build"]) },
  ...["packages/shared", "packages/tooling", "packages/chaos", "apps/api", "apps/web"].map((folder) => ({
    name: `tests of ${folder}`,
    run: () => vitest(folder),
  })),
  { name: "end-to-end tests", needs: "build", isLong: true, run: playwright },
  { name: "faults", isLong: true, run: () => chaos("--quick") },
  { name: "sabotaged servers", isLong: true, run: () => chaos("--sabotage") },
];

/** Three programs, all run so that one visit shows everything; together one check. */
async function lint(): Promise<Counts> {
  const codes = [
    await execute(root, "biome", [
      "check",
      "--enforce-assist=false",
      "--error-on-warnings",
      "--max-diagnostics=200",
      ".",
    ]),
    await execute(root, process.execPath, ["packages/tooling/src/lint-laws.ts"]),
    await execute(root, "knip", []),
  ];
  return countCheck(codes.every((code) => code === 0));
}

async function check(program: string, parameters: string[]): Promise<Counts> {
  return countCheck((await execute(root, program, parameters)) === 0);
}

async function vitest(folder: string): Promise<Counts> {
  const report = path.join(reports, `${folder.replace("/", "-")}.json`);
  const parameters = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const counts = countVitest(report, await execute(path.join(root, folder), "vitest", parameters));
  failures.push(...listVitestFailures(report));
  return counts;
}

async function playwright(): Promise<Counts> {
  const report = path.join(reports, "e2e.json");
  const parameters = ["test", "--reporter=list,json"];
  const code = await execute(path.join(root, "e2e"), "playwright", parameters, {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
  });
  return countPlaywright(report, code);
}

async function chaos(extent: "--quick" | "--sabotage"): Promise<Counts> {
  const report = path.join(reports, `chaos${extent}.json`);
  const counts = countChaos(
    report,
    await execute(root, process.execPath, ["packages/chaos/src/main.ts", extent, "--json", report]),
  );
  failures.push(...listChaosFailures(report));
  return counts;
}

/** Runs a program of the folder's own packages to its end, and returns its exit code (1 when it had to be killed). */
function execute(cwd: string, program: string, parameters: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const searchPath = [path.join(cwd, "node_modules/.bin"), path.join(root, "node_modules/.bin"), process.env.PATH];
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd,
      env: { ...process.env, ...env, PATH: searchPath.join(path.delimiter), TURBO_TELEMETRY_DISABLED: "1" },
      stdio: ["ignore", "inherit", "inherit"],
      timeout: STEP_MINUTES_MAX * 60_000,
    });
    child.once("error", (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(1);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

function wanted(step: Step): boolean {
  return !(process.argv.includes("--without-long") && step.isLong === true);
}

async function runAll(): Promise<Counts> {
  const total = { passed: 0, failed: 0 };
  const failedSteps = new Set<string>();
  const summary: string[] = [];
  for (const step of steps.filter(wanted)) {
    console.log(`\n── ${step.name}`);
    const startedAt = performance.now();
    const blocked = step.needs !== undefined && failedSteps.has(step.needs);
    if (blocked) console.error(`not run: it needs "${step.needs}", which failed`);
    const { passed, failed } = blocked ? countCheck(false) : await step.run();
    if (failed > 0) failedSteps.add(step.name);
    total.passed += passed;
    total.failed += failed;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    summary.push(`${failed > 0 ? "✗" : "✓"} ${step.name}: ${passed} passed, ${failed} failed (${seconds} s)`);
    console.log(summary.at(-1));
  }
  for (const failure of failures) console.log(`\n✗ ${failure.slice(0, FAILURE_LENGTH_MAX)}`);
  console.log(`\n${summary.join("\n")}\n`);
  return total;
}

installDebianPrograms();
const { passed, failed } = await runAll();
rmSync(reports, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
