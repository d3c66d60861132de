import { setTimeout as delay } from "node:timers/promises";
import { newId } from "@confab/shared/ids";
import { afterEach, expect, it } from "vitest";
import { Balancer } from "../test/balancer.ts";
import { type Ending, type NodeProcess, startNodeProcess } from "../test/nodes.ts";
import { newUser, type TestClient } from "../test/test-client.ts";
import { expectGapFree, generalOf, say } from "../test/test-conversation.ts";
import { createTestDatabase, type TestDatabase } from "../test/test-database.ts";
import type { TestSocket } from "../test/test-socket.ts";
import { openDb } from "./core/db.ts";

const SUPERVISOR_MS = 15_000;
const PEOPLE = 6;

let database: TestDatabase;
let nodes: NodeProcess[] = [];
let balancer: Balancer | undefined;
afterEach(async () => {
  balancer?.stop();
  await Promise.all(nodes.map((node) => node.end("SIGKILL")));
  await database.drop();
});

const startNode = (PORT = "0") => startNodeProcess({ DATABASE_URL: database.url, LOG_LEVEL: "silent", PORT });

/** Ends a node and starts it anew, as an upgrade does, and waits until the balancer has it again. */
async function restart(node: NodeProcess): Promise<[NodeProcess, Ending]> {
  const ending = await node.end("SIGTERM");
  const again = await startNode(new URL(node.url).port);
  await expect.poll(() => balancer?.readyCount, { timeout: 10_000 }).toBe(2);
  return [again, ending];
}

/** Somebody who sends and reads without a pause. */
async function talk(client: TestClient, conversation: string, isOver: () => boolean): Promise<string[]> {
  const said: string[] = [];
  for (let n = 0; !isOver(); n += 1) {
    const id = newId();
    expect([n, (await say(client, conversation, `message ${n}`, id)).status]).toEqual([n, 201]);
    said.push(id);
    expect([n, (await client.get("/api/v1/conversations")).status]).toEqual([n, 200]);
    await delay(20);
  }
  return said;
}

/** Somebody whose browser is open, and comes back when and as often as it is told to. Gives how long each return took. */
async function listen(client: TestClient, seen: Set<string>, isOver: () => boolean): Promise<number[]> {
  const returns: number[] = [];
  let socket: TestSocket = await client.connect();
  while (!isOver()) {
    await delay(20);
    for (const { message } of socket.all("message.created")) seen.add(message.id);
    if (socket.closeCode === null) continue;
    const closedAt = performance.now();
    expect(socket.closeCode).toBe(1012);
    expect(socket.events.at(-1)?.type).toBe("reconnect");
    await delay(socket.all("reconnect")[0]?.after_ms);
    socket = await client.connect();
    returns.push(performance.now() - closedAt);
  }
  socket.close();
  return returns;
}

it("two nodes behind a balancer are restarted one after the other, and no request fails", async () => {
  database = await createTestDatabase();
  nodes = [await startNode(), await startNode()];
  balancer = new Balancer(nodes.map((node) => node.url));
  await balancer.start();
  await expect.poll(() => balancer?.readyCount).toBe(2);
  const people: TestClient[] = [];
  for (let n = 0; n < PEOPLE; n += 1) people.push(await newUser(balancer.url, `Ada ${n}`));
  const general = (await generalOf(people[0] as TestClient)).id;

  let isOver = false;
  const seen = new Set<string>();
  const talking = Promise.all(people.map((client) => talk(client, general, () => isOver)));
  const listening = Promise.all(people.map((client) => listen(client, seen, () => isOver)));
  const endings: Ending[] = [];
  for (const [index, node] of nodes.entries()) {
    const [again, ending] = await restart(node);
    nodes[index] = again;
    endings.push(ending);
  }
  isOver = true;
  const said = (await talking).flat();
  const returns = (await listening).flat();
  const times = endings.map(({ milliseconds }) => milliseconds.toFixed(0));
  process.stdout.write(
    `rolling restart: ${said.length * 2} requests, ${balancer.failures.length} failed; nodes ended in ${times.join(" and ")} ms; ` +
      `${returns.length} sockets came back in ${Math.max(...returns).toFixed(0)} ms at most\n`,
  );
  expect(balancer.failures).toEqual([]);
  expect(endings.map(({ code }) => code)).toEqual([0, 0]);
  for (const { milliseconds } of endings) expect(milliseconds).toBeLessThan(SUPERVISOR_MS);
  expect(returns.length).toBeGreaterThanOrEqual(PEOPLE);
  const db = openDb(database.url);
  expect((await expectGapFree(db, general)).map((message) => message.id).sort()).toEqual(said.sort());
  await db.$disconnect();
}, 240_000);
