import { once } from "node:events";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, it } from "vitest";
import {
  addressOf,
  clusterDir,
  copySeed,
  giveEachTestItsOwnPostgres,
  place,
  postmasterPid,
  query,
  start,
  startInChild,
  startProgram,
} from "../../test/own-postgres.ts";
import { isPostmasterOf, readPidFile } from "./postmaster.ts";

const ANOTHER = /^Another Confab is running on /;

giveEachTestItsOwnPostgres();

describe("after a death", () => {
  it("stops the PostgreSQL of a killed server and goes on with its data", async () => {
    await copySeed();
    const child = startInChild("");
    const url = await addressOf(child);
    await query(url, "CREATE TABLE notes AS SELECT 'kept' AS body");
    const orphan = await postmasterPid();
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await isPostmasterOf(orphan, clusterDir())).toBe(true);

    const next = await start();

    expect(await isPostmasterOf(orphan, clusterDir())).toBe(false);
    expect(await query(next.url, "SELECT body FROM notes")).toEqual([{ body: "kept" }]);
  });

  it("begins anew when the very first start was killed in the middle", async () => {
    const child = startInChild("");
    const drafts = async () => {
      const entries = await readdir(join(place.dataDir, "postgres")).catch(() => []);
      return entries.filter((entry) => entry.startsWith("data.draft"));
    };
    await expect.poll(drafts, { interval: 5, timeout: 10_000 }).not.toEqual([]);
    child.kill("SIGKILL");
    await once(child, "exit");

    const { url } = await start();

    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it.each(["a process that is gone", "a stranger"])("is not deterred by a pid file that names %s", async (whose) => {
    await copySeed();
    const first = await start();
    await first.stop();
    const owner = await stat(clusterDir());
    const isRoot = process.getuid?.() === 0;
    const stranger = startProgram("sleep", ["60"], isRoot ? { uid: owner.uid, gid: owner.gid } : {});
    await once(stranger, "spawn");
    if (whose !== "a stranger") {
      stranger.kill();
      await once(stranger, "exit");
    }
    const port = new URL(first.url).port;
    const lines = [stranger.pid, clusterDir(), 1_700_000_000, port, "", "127.0.0.1", "  1234567         1", "ready   "];
    await writeFile(join(clusterDir(), "postmaster.pid"), `${lines.join("\n")}\n`);

    const { url } = await start();

    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(stranger.signalCode).toBe(whose === "a stranger" ? null : "SIGTERM");
  });
});

describe("two servers on one data directory", () => {
  it("turns the second away and leaves the first in peace", async () => {
    await copySeed();
    const { url } = await start();
    const pid = await postmasterPid();
    await expect(start()).rejects.toThrow(ANOTHER);
    expect(await postmasterPid()).toBe(pid);
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("lets exactly one of two win that start at once", async () => {
    const outcomes = await Promise.allSettled([addressOf(startInChild("")), start()]);
    const refusals = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [String(outcome.reason.message)] : [],
    );
    expect(refusals).toEqual([expect.stringMatching(ANOTHER)]);
    expect(await isPostmasterOf(await postmasterPid(), clusterDir())).toBe(true);
  });

  it("keeps its claim when PostgreSQL has dropped every connection after a crash inside", async () => {
    await copySeed();
    const { url } = await start();
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    const dropped = new Promise<void>((done) => client.once("end", done));
    await client.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    process.kill(rows[0]?.pid ?? 0, "SIGKILL");
    await dropped;
    const claims = () => query(url, "SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory'");
    await expect.poll(() => claims().catch(() => "not back yet"), { timeout: 10_000 }).toEqual([{ count: 1 }]);

    await expect(start()).rejects.toThrow(ANOTHER);
  });
});

describe("the end of the server", () => {
  it("survives Ctrl-C until the server has drained, and not longer", async () => {
    await copySeed();
    const child = startInChild(`
      const { connect } = await import("node:net");
      process.on("SIGINT", () => {
        const socket = connect(Number(new URL(postgres.url).port), "127.0.0.1", async () => {
          socket.end();
          await postgres.stop();
          process.exit(7);
        });
      });
      setInterval(() => undefined, 1000);`);
    await addressOf(child);
    const pid = await postmasterPid();
    // Throws unless PostgreSQL leads a process group of its own.
    process.kill(-pid, 0);
    // What a terminal does: the signal goes to the whole group.
    process.kill(-(child.pid ?? 0), "SIGINT");
    expect(await once(child, "exit")).toEqual([7, null]);
    expect(await isPostmasterOf(pid, clusterDir())).toBe(false);
  });

  it("goes with a server that exits without stopping it", async () => {
    await copySeed();
    const child = startInChild("process.exit(0);");
    await once(child, "exit");
    await expect.poll(() => readPidFile(clusterDir()), { timeout: 10_000 }).toBeUndefined();
  });
});
