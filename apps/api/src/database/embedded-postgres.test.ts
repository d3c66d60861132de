import { once } from "node:events";
import { chmod, mkdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  clusterDir,
  copySeed,
  giveEachTestItsOwnPostgres,
  place,
  postmasterPid,
  query,
  start,
} from "../../test/own-postgres.ts";
import { isPostmasterOf } from "./postmaster.ts";

giveEachTestItsOwnPostgres();

describe("starting and stopping", () => {
  it("works below any path, keeps its data, its port and its secrets", async () => {
    place.dataDir = join(place.folder, "Ünïcode with spaces 'and' 日本語", "long".repeat(40));
    const cold = performance.now();
    const first = await start();
    const coldMs = performance.now() - cold;
    await query(first.url, "CREATE TABLE notes AS SELECT 'kept' AS body");
    const facts = await query(
      first.url,
      `SELECT current_setting('server_version_num')::int / 10000 AS version, rolsuper AS superuser,
              current_setting('listen_addresses') AS listens,
              current_setting('data_checksums') AS checksums, current_setting('fsync') AS fsync,
              current_setting('synchronous_commit') AS commit, current_setting('server_encoding') AS encoding
         FROM pg_roles WHERE rolname = current_user`,
    );
    expect(facts).toEqual([
      {
        ...{ version: 18, superuser: false, listens: "127.0.0.1", checksums: "on", fsync: "on", commit: "on" },
        encoding: "UTF8",
      },
    ]);
    expect((await stat(join(place.dataDir, "postgres", "access.json"))).mode & 0o777).toBe(0o600);
    await expect(query(first.url.replace(/:\w+@/, ":wrong@"), "SELECT 1")).rejects.toThrow(
      /password authentication failed/,
    );
    const pid = await postmasterPid();
    await first.stop();
    await first.stop();
    expect(await isPostmasterOf(pid, clusterDir())).toBe(false);

    const warm = performance.now();
    const second = await start();
    const warmMs = performance.now() - warm;
    process.stdout.write(`embedded PostgreSQL: cold start ${coldMs.toFixed(0)} ms, warm ${warmMs.toFixed(0)} ms\n`);
    expect(second.url).toBe(first.url);
    expect(await query(second.url, "SELECT body FROM notes")).toEqual([{ body: "kept" }]);
  });

  it("finds letters of every script for trigram search", async () => {
    await copySeed();
    const { url } = await start();
    await query(url, "CREATE EXTENSION pg_trgm");
    expect(await query(url, "SELECT 'привет мир' % 'привет' AS similar, lower('ÅÑÇ') AS lower")).toEqual([
      { similar: true, lower: "åñç" },
    ]);
  });

  it("moves to another port when its own has been taken, and names a demanded one that is", async () => {
    await copySeed();
    const first = await start();
    await first.stop();
    const blocker = createServer().listen(Number(new URL(first.url).port), "127.0.0.1");
    await once(blocker, "listening");
    try {
      await expect(start({ port: Number(new URL(first.url).port) })).rejects.toThrow(
        /^Port \d+, wanted for .* is in use/,
      );
      const second = await start();
      expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
    } finally {
      blocker.close();
    }
  });

  it("tells when PostgreSQL dies by itself, and starts again afterwards", async () => {
    await copySeed();
    const died = Promise.withResolvers<string>();
    const { url, stop } = await start({ onExit: died.resolve });
    await query(url, "CREATE TABLE notes AS SELECT 'kept' AS body");
    process.kill(await postmasterPid(), "SIGKILL");
    expect(await died.promise).toBe("The embedded PostgreSQL ended unexpectedly (SIGKILL).");
    await stop();

    const again = await start();
    expect(await query(again.url, "SELECT body FROM notes")).toEqual([{ body: "kept" }]);
  });

  it("names a folder that PostgreSQL's own set-up would trip over", async () => {
    place.dataDir = join(place.folder, "cash $HOME");
    await expect(start()).rejects.toThrow(/^PostgreSQL cannot be set up below .*\$HOME.* Rename the folder\.$/);
  });

  it("says which file is missing when the passwords are gone", async () => {
    await copySeed();
    await rm(join(place.dataDir, "postgres", "access.json"));
    await expect(start()).rejects.toThrow(/access\.json is missing: .* Bring it back\.$/);
  });

  it("says so when the passwords are those of other data", async () => {
    await copySeed();
    const file = join(place.dataDir, "postgres", "access.json");
    await writeFile(file, (await readFile(file, "utf8")).replace(/"adminPassword": "\w+"/, '"adminPassword": "other"'));
    await expect(start()).rejects.toThrow(/^The passwords in .* are not those of the data/);
  });

  it("refuses data of another major version", async () => {
    await copySeed();
    await writeFile(join(clusterDir(), "PG_VERSION"), "17\n");
    await expect(start()).rejects.toThrow(/was made by PostgreSQL 17, but this release brings 18/);
  });
});

describe.runIf(process.getuid?.() === 0)("started by root", () => {
  it("links the data to a place that the postgres user can enter", async () => {
    const closed = join(place.folder, "closed");
    place.dataDir = join(closed, "data");
    await mkdir(closed, { mode: 0o700 });

    const { url } = await start();

    expect(await readlink(join(place.dataDir, "postgres"))).toMatch(
      new RegExp(`^${join(place.folder, "system")}/postgres-`),
    );
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("says how out when existing data has become unreachable", async () => {
    place.dataDir = join(place.folder, "closed", "data");
    const first = await start();
    await first.stop();
    await chmod(join(place.folder, "closed"), 0o700);

    await expect(start()).rejects.toThrow(
      /cannot enter .*: open the folders above it \(chmod o\+x\), .* or set DATA_DIR\.$/,
    );
    await chmod(join(place.folder, "closed"), 0o755);
  });

  it("runs PostgreSQL as somebody else", async () => {
    await copySeed();
    await start();
    const status = await readFile(`/proc/${await postmasterPid()}/status`, "utf8");
    expect(status).toMatch(/^Uid:\t(?!0\t)/m);
  });
});
