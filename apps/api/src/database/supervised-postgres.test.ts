import { randomBytes } from "node:crypto";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type NodeProcess, startNodeProcess } from "../../test/nodes.ts";
import {
  clusterDir,
  copySeed,
  giveEachTestItsOwnPostgres,
  place,
  postmasterPid,
  query,
} from "../../test/own-postgres.ts";
import { HAS_SMALL_DISK, SmallDisk } from "../../test/small-disk.ts";
import { newUser, type TestClient } from "../../test/test-client.ts";
import { generalOf, messageCommand, messagesPath, say } from "../../test/test-conversation.ts";
import { readPidFile } from "./postmaster.ts";

/** Five seconds are the promise; the rest is for a busy machine. */
const BACK_MS = 8_000;

vi.setConfig({ testTimeout: 120_000 });
giveEachTestItsOwnPostgres();

let node: NodeProcess | undefined;
let disk: SmallDisk | undefined;
let ada: TestClient;
let general: string;

afterEach(async () => {
  await node?.end("SIGKILL");
  await disk?.remove();
  node = disk = undefined;
});

async function start(): Promise<NodeProcess> {
  node = await startNodeProcess({ DATA_DIR: place.dataDir, LOG_LEVEL: "silent" });
  ada = await newUser(node.url, "Ada");
  general = (await generalOf(ada)).id;
  return node;
}

/** Says the same until it is stored: the answers on the way, and how long it took. */
async function sayUntilStored(content: string): Promise<{ refusals: unknown[]; milliseconds: number }> {
  const startedAt = performance.now();
  const { id } = messageCommand(general, content);
  const refusals: unknown[] = [];
  for (;;) {
    const { status, body } = await say(ada, general, content, id);
    if (status === 201) return { refusals, milliseconds: performance.now() - startedAt };
    refusals.push([status, body.code]);
    expect(performance.now() - startedAt).toBeLessThan(BACK_MS);
  }
}

async function contents(): Promise<string[]> {
  const { body } = await ada.get(messagesPath(general));
  return body.messages.map((message: { content: string }) => message.content);
}

describe("the embedded PostgreSQL that is killed", () => {
  it("is started again, again and again: sockets stay, nothing stored is lost, and the log says so", async () => {
    await copySeed();
    const server = await start();
    const socket = await ada.connect();
    const times: string[] = [];
    for (let n = 1; n <= 3; n += 1) {
      await say(ada, general, `before ${n}`);
      process.kill(await postmasterPid(), "SIGKILL");
      const startedAt = performance.now();
      const { refusals } = await sayUntilStored(`after ${n}`);
      // What is left of a killed one may have answered once more.
      const revivals = () => server.output().match(/The embedded PostgreSQL runs again, after [\d.]+ s\./g)?.length;
      await expect.poll(revivals, { timeout: BACK_MS }).toBe(n);
      const milliseconds = performance.now() - startedAt;
      times.push(`${milliseconds.toFixed(0)} ms`);
      expect(refusals.filter((refusal) => String(refusal) !== "503,database_unavailable")).toEqual([]);
      expect(milliseconds).toBeLessThan(BACK_MS);
      await socket.next("message.created", ({ message }) => message.content === `after ${n}`);
    }
    process.stdout.write(`embedded PostgreSQL killed: service back after ${times.join(", ")}\n`);
    expect(socket.closeCode).toBeNull();
    expect(await contents()).toEqual([1, 2, 3].flatMap((n) => [`before ${n}`, `after ${n}`]));
    expect(server.output().match(/ended unexpectedly \(SIGKILL\)\./g)).toHaveLength(3);
  });

  it("and cannot start is tried until it can, which is said once; meanwhile the server lives and can be stopped", async () => {
    await copySeed();
    const server = await start();
    await say(ada, general, "before");
    const [needed, away] = [join(clusterDir(), "global"), join(clusterDir(), "global.away")];
    const breakIt = async () => {
      await rename(needed, away);
      process.kill(await postmasterPid(), "SIGKILL");
    };
    await breakIt();
    await expect.poll(() => server.output(), { timeout: BACK_MS }).toMatch(/did not start \(.*It is tried again/);
    expect((await ada.get("/healthz")).status).toBe(200);
    expect((await ada.get("/readyz")).body).toMatchObject({ status: "not_ready", database: "away" });
    const tries = async () =>
      (await readFile(join(place.dataDir, "postgres.log"), "utf8")).match(/could not open file/g)?.length;
    await expect.poll(tries, { timeout: BACK_MS }).toBeGreaterThan(1);
    await rename(away, needed);
    await sayUntilStored("after");
    expect(await contents()).toEqual(["before", "after"]);
    expect(server.output().match(/did not start/g)).toHaveLength(1);

    await breakIt();
    await expect.poll(() => server.output().match(/did not start/g)?.length, { timeout: BACK_MS }).toBe(2);
    const { code, milliseconds } = await server.end("SIGTERM");
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(8_000);
  });
});

describe.runIf(HAS_SMALL_DISK)("a disk of the embedded PostgreSQL that is full", () => {
  /** Writes into PostgreSQL's log alone, until that has no room either and PostgreSQL gives up. */
  async function fillLog(): Promise<void> {
    const { port } = (await readPidFile(clusterDir())) ?? {};
    const { password } = JSON.parse(await readFile(join(place.dataDir, "postgres", "access.json"), "utf8"));
    const url = `postgresql://confab:${password}@127.0.0.1:${port}/confab`;
    const act = "SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000)) FROM generate_series(1, 40)";
    await expect(query(url, act)).rejects.toThrow();
  }

  it("is told, stops it when its log is full, too, and does not keep it from coming back when there is room", async () => {
    disk = await SmallDisk.make(200);
    place.dataDir = join(disk.folder, "data");
    const server = await start();
    const socket = await ada.connect();
    await disk.fill();
    const stored: string[] = [];
    for (let isFull = false; !isFull; ) {
      const content = randomBytes(6_000).toString("hex");
      const { status, body } = await say(ada, general, content);
      isFull = status !== 201;
      if (isFull) expect([status, body.code]).toEqual([503, "storage_full"]);
      else stored.push(content);
    }
    await fillLog();
    await expect.poll(() => server.output(), { timeout: BACK_MS }).toMatch(/ended unexpectedly/);
    await expect.poll(() => server.output(), { timeout: BACK_MS }).toMatch(/did not start/);
    expect((await ada.get("/healthz")).status).toBe(200);

    await disk.free();
    const { milliseconds } = await sayUntilStored("there is room again");
    process.stdout.write(`disk full, log and all: service back ${milliseconds.toFixed(0)} ms after there was room\n`);
    expect(socket.closeCode).toBeNull();
    expect(await contents()).toEqual([...stored, "there is room again"]);
  });
});
