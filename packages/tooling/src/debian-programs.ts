import { spawnSync } from "node:child_process";

/** Programs that some tests need and npm does not have; each is in the Debian package of its name. */
const PROGRAMS = ["redis-server", "faketime"];

/**
 * Installs what is missing where that is ours to do: as root on a Debian, which is a container or a machine for tests.
 * Elsewhere, and where nothing can be had, the tests that need it are skipped and named.
 */
export function installDebianPrograms(): void {
  const missing = PROGRAMS.filter((program) => !isThere(program));
  if (missing.length === 0 || process.getuid?.() !== 0 || !isThere("apt-get")) return;
  console.log(`── installing ${missing.join(" and ")}`);
  // A package's server is not to run as a service: the tests start their own.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  for (const parameters of [["update"], ["install", "--yes", "--no-install-recommends", ...missing]])
    spawnSync("apt-get", ["--quiet", "--quiet", ...parameters], { env, stdio: "inherit", timeout: 180_000 });
}

function isThere(program: string): boolean {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
}
