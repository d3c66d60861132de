import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { JobName, JobOptions, JobResult } from "../load/jobs.ts";
import { type Core, onCore } from "./cores.ts";

const DRIVER = path.resolve(import.meta.dirname, "../load/driver.ts");

/** Lets a fresh driver do one job, by default on the clients' core. */
export async function runJob<Name extends JobName>(
  name: Name,
  options: JobOptions<Name>,
  core: Core = "clients",
): Promise<JobResult<Name>> {
  const [program, ...parameters] = onCore(core, [process.execPath, DRIVER]);
  const driver = spawn(program, parameters, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  try {
    const ended = once(driver, "exit").then(() => [{ failure: "it ended without a word" }]);
    driver.send({ name, options });
    const [answer] = await Promise.race([once(driver, "message"), ended]);
    if ("failure" in answer) throw new Error(`The load ${name} failed: ${answer.failure}`);
    return answer.result;
  } finally {
    driver.kill();
  }
}
