import type { Event } from "@confab/shared/events";
import { newId } from "@confab/shared/ids";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { listenForConnections, numbers, pong } from "../../test/test-connection.ts";
import { Audience } from "./audience.ts";
import { Hub } from "./hub.ts";

const listening = await listenForConnections();
let hub: Hub;
const open = (userId: string, sessionId?: string) => listening.open(hub, userId, sessionId);

afterAll(() => listening.stop());
beforeEach(() => {
  hub = new Hub();
});

/** One whose client has stopped reading, and for which much is waiting; `drain` lets the network take some of it. */
async function openStopped() {
  const opened = await open("ada");
  const { connection, client, sink } = opened;
  connection.release(pong(0));
  client.pause();
  const fill = async () => {
    while (sink.writableLength < 300 * 1024) {
      connection.send(big(1));
      await new Promise(setImmediate);
    }
  };
  const drain = async () => {
    const before = sink.writableLength;
    client.resume();
    await expect.poll(() => sink.writableLength).toBeLessThan(before);
    client.pause();
  };
  await fill();
  return { ...opened, fill, drain };
}

const big = (n: number): Event => ({
  type: "error",
  id: null,
  code: "server_busy",
  message: `${n}`.padEnd(60_000, "x"),
});

describe("a connection", () => {
  it("tells those of an audience who are here, and nobody else, however many are not", async () => {
    const [ada, ben, mallory] = [await open("ada"), await open("ben"), await open("mallory")];
    for (const socket of [ada, ben, mallory]) socket.connection.release(pong(0));
    const absent = Array.from({ length: 100 }, (_, n) => `absent ${n}`);
    for (const [n, others] of [[], absent].entries()) {
      hub.publish(new Audience(new Set(["ada", ...others, "ben"]), { user_ids: [] }), pong(n + 1));
      await Promise.all([ada, ben].map((socket) => socket.until(() => socket.read.length === n + 2)));
    }
    hub.publish(["mallory"], pong(3));
    await mallory.until(() => mallory.read.length === 2);
    expect([ada, ben, mallory].map(({ read }) => numbers(read))).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 3],
    ]);
  });

  it("holds every frame until it is released, and then sends the first frame first and the others in order", async () => {
    const { connection, read, until, sink } = await open("ada");
    for (let n = 1; n <= 3; n += 1) hub.publish(["ada"], pong(n));
    connection.send(pong(4));
    await new Promise(setImmediate);
    const before = sink.bytesWritten;
    await new Promise(setImmediate);
    expect(sink.bytesWritten).toBe(before);
    connection.release(pong(0));
    hub.publish(["ada"], pong(5));
    await new Promise(setImmediate);
    connection.send(pong(6));
    await until(() => read.length === 7);
    expect(numbers(read)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("joins all frames of one turn of the event loop into one write", async () => {
    const { connection, read, until, sink } = await open("ada");
    connection.release(pong(0));
    await until(() => read.length === 1);
    const writes: number[] = [];
    const write = sink.write.bind(sink);
    sink.write = (bytes: Buffer) => {
      writes.push(bytes.length);
      return write(bytes);
    };
    for (let n = 1; n <= 100; n += 1) hub.publish(["ada"], pong(n));
    await until(() => read.length === 101);
    expect(writes).toHaveLength(1);
    expect(numbers(read)).toEqual(Array.from({ length: 101 }, (_, n) => n));
  });

  it("loses what is ephemeral when much is waiting, and is closed when too much is, others not", async () => {
    const [slow, quick] = [await open("ada"), await open("ben")];
    for (const { connection } of [slow, quick]) connection.release(pong(0));
    await slow.until(() => slow.read.length === 1);
    slow.client.pause();
    let sent = 0;
    const publish = async () => {
      sent += 1;
      hub.publish(["ada", "ben"], big(sent));
      await quick.until(() => quick.read.filter((event) => event.type === "error").length === sent);
    };
    while (slow.sink.writableLength < 300 * 1024) await publish();
    hub.publishEphemeral(["ada", "ben"], pong(1));
    hub.publish(["ada", "ben"], pong(2));
    await quick.until(() => numbers(quick.read).includes(2));
    while (slow.closedFor.length === 0) await publish();
    expect(slow.closedFor).toEqual(["too_slow"]);
    expect(slow.sink.writableLength).toBeLessThanOrEqual(1024 * 1024);
    expect(quick.closedFor).toEqual([]);
    expect(numbers(quick.read).filter((n) => n >= 0)).toEqual([0, 1, 2]);
    slow.client.resume();
    await slow.until(() => numbers(slow.read).includes(2));
    expect(numbers(slow.read).filter((n) => n >= 0)).toEqual([0, 2]);
  });

  it("is not closed for the snapshot, however long that is, until it has gone", async () => {
    const { connection, read, closedFor, until, client, sink } = await open("ada");
    connection.release({ type: "error", id: null, code: "server_busy", message: "x".repeat(9_000_000) });
    connection.send(pong(1));
    connection.look();
    for (let n = 0; n < 16; n += 1) connection.send(big(n));
    await until(() => numbers(read).includes(1) && read.length === 18);
    expect(closedFor).toEqual([]);
    client.pause();
    await expect.poll(() => sink.writableLength).toBe(0);
    connection.look();
    while (closedFor.length === 0) {
      connection.send(big(1));
      await new Promise(setImmediate);
      expect(sink.writableLength).toBeLessThanOrEqual(1024 * 1024);
    }
    expect(closedFor).toEqual(["too_slow"]);
  });

  it("is closed when the network takes nothing of its backlog for half a minute, not when it takes a little", async () => {
    const { connection, closedFor, fill, drain } = await openStopped();
    for (let n = 0; n < 3; n += 1) connection.look();
    await drain();
    await fill();
    for (let n = 0; n < 3; n += 1) connection.look();
    expect(closedFor).toEqual([]);
    connection.look();
    expect(closedFor).toEqual(["too_slow"]);
  });

  it("is alive as long as the network takes something of its backlog, however silent it is", async () => {
    const { connection, closedFor, fill, drain } = await openStopped();
    for (let n = 0; n < 10; n += 1) {
      for (let looks = 0; looks < 2; looks += 1) connection.look();
      await drain();
      await fill();
    }
    expect(closedFor).toEqual([]);
  });

  it("is not alive because a backlog begins: what the network's own buffer takes, nobody may have received", async () => {
    const { client, connection, closedFor, sink } = await open("ada");
    connection.release(pong(0));
    for (let looks = 1; looks < 5; looks += 1) connection.look();
    expect(closedFor).toEqual([]);
    client.pause();
    while (sink.writableLength === 0) {
      connection.send(big(1));
      await new Promise(setImmediate);
    }
    connection.look();
    expect(closedFor).toEqual(["dead"]);
  });

  it("is asked after forty seconds of silence whether it is there; those who came at once, not all at once", async () => {
    const all: Awaited<ReturnType<typeof open>>[] = [];
    while (all.length < 12) all.push(await open(`person ${all.length}`));
    for (const { connection } of all) connection.release(pong(0));
    await new Promise(setImmediate);
    const askedAt = all.map((): number[] => []);
    for (let part = 0; part < 20; part += 1) {
      const before = all.map(({ sink }) => sink.bytesWritten);
      hub.looks.lookAtNextPart();
      await new Promise(setImmediate);
      for (const [n, { sink }] of all.entries()) if (sink.bytesWritten !== before[n]) askedAt[n]?.push(part);
    }
    expect(askedAt.map(({ length }) => length)).toEqual(all.map(() => 1));
    expect(new Set(askedAt.flat()).size).toBeGreaterThanOrEqual(5);
  });

  it("that is closed is sent nothing more, also of what was waiting, and is closed once", async () => {
    const { connection, read, closedFor, sink, until } = await open("ada");
    connection.release(pong(0));
    await until(() => read.length === 1);
    hub.publish(["ada"], pong(1));
    const before = sink.bytesWritten;
    connection.close("restarting");
    connection.close("too_slow");
    hub.publish(["ada"], pong(2));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(sink.bytesWritten).toBe(before);
    expect(closedFor).toEqual(["restarting"]);
  });
});

describe("the hub", () => {
  it("sends to every connection of the named people, and to nobody else", async () => {
    const [one, two, bens, mallorys] = [await open("ada"), await open("ada"), await open("ben"), await open("mallory")];
    const all = [one, two, bens, mallorys];
    for (const { connection } of all) connection.release(pong(0));
    hub.publish(["ada", "ben", "nobody"], pong(1), pong(2));
    for (const { connection } of all) connection.send(pong(9));
    for (const each of all) await each.until(() => numbers(each.read).includes(9));
    for (const { read } of [one, two, bens]) expect(numbers(read)).toEqual([0, 1, 2, 9]);
    expect(numbers(mallorys.read)).toEqual([0, 9]);
  });

  it("knows who is there until the last connection has gone", async () => {
    const [one, two] = [await open("ada"), await open("ada")];
    expect([...hub.userIdsHere()]).toEqual(["ada"]);
    hub.remove(one.connection);
    expect(hub.isOnline("ada")).toBe(true);
    hub.remove(two.connection);
    hub.remove(two.connection);
    expect(hub.isOnline("ada")).toBe(false);
    expect([...hub.connections()]).toEqual([]);
  });

  it("closes the connections of one session, or of one person", async () => {
    const session = newId();
    const [one, two, other, bens] = [
      await open("ada", session),
      await open("ada", session),
      await open("ada"),
      await open("ben"),
    ];
    hub.disconnect({ sessionId: session }, "session_ended");
    expect([one, two, other, bens].map(({ closedFor }) => closedFor.length)).toEqual([1, 1, 0, 0]);
    hub.disconnect({ userId: "ada" }, "session_ended");
    expect([one, two, other, bens].map(({ closedFor }) => closedFor.length)).toEqual([1, 1, 1, 0]);
  });

  it("sends everybody off with what waits for them, and each with a moment of their own to come back", async () => {
    const people: Awaited<ReturnType<typeof open>>[] = [];
    for (let n = 0; n < 300; n += 1) people.push(await open("ada"));
    const early = await open("ada");
    for (const { connection } of people) connection.release(pong(0));
    hub.publish(["ada"], pong(1));
    hub.sendEverybodyOff();
    const moments: number[] = [];
    for (const { read, until, closedFor } of people) {
      await until(() => read.length === 3);
      expect(read.map((event) => event.type)).toEqual(["pong", "pong", "reconnect"]);
      expect(closedFor).toEqual(["restarting"]);
      moments.push(...read.flatMap((event) => (event.type === "reconnect" ? [event.after_ms] : [])));
    }
    // Nothing comes before the snapshot, not even that.
    expect([early.closedFor, early.read]).toEqual([["restarting"], []]);
    // About a hundred in each second.
    for (const second of [0, 1, 2])
      expect(moments.filter((ms) => ms >= second * 1_000 && ms <= second * 1_000 + 1_000).length).toBeGreaterThan(50);
  });
});
