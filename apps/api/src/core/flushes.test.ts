import type { Event } from "@confab/shared/events";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listenForConnections, numbers, type OpenConnection, pong } from "../../test/test-connection.ts";
import { Hub } from "./hub.ts";

const listening = await listenForConnections();
let hub: Hub;

afterAll(() => listening.stop());

/** Of a room whose round of writing took 20 ms of a clock that is ours, so that its listeners rest for the most there is. */
describe("a connection that rests", () => {
  const ROUND_MS = 20;
  const REST_MS = 100;
  let ada: OpenConnection;
  let ben: OpenConnection;
  let writesToAda: number;

  beforeEach(async () => {
    hub = new Hub();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    [ada, ben] = [await listening.open(hub, "ada"), await listening.open(hub, "ben")];
    for (const { connection } of [ada, ben]) connection.release(pong(0));
    const write = ada.sink.write.bind(ada.sink);
    ada.sink.write = (bytes: Buffer) => {
      writesToAda += 1;
      vi.advanceTimersByTime(ROUND_MS);
      return write(bytes);
    };
    await ada.until(() => ada.read.length === 1);
    await ben.until(() => ben.read.length === 1);
    writesToAda = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const turn = () => new Promise(setImmediate);

  it("gets in one write, and in order, what comes meanwhile; who was not written to with it gets theirs at once", async () => {
    const carol = await listening.open(hub, "carol");
    carol.connection.release(pong(0));
    for (let n = 1; n <= 20; n += 1) {
      hub.publish(["ada", "ben", "carol"], pong(n));
      await carol.until(() => carol.read.length === n + 1);
    }
    expect([writesToAda, numbers(ada.read), numbers(ben.read)]).toEqual([0, [0], [0]]);
    vi.advanceTimersByTime(REST_MS);
    for (const { read, until } of [ada, ben]) {
      await until(() => read.length === 21);
      expect(numbers(read)).toEqual(Array.from({ length: 21 }, (_, n) => n));
    }
    expect(writesToAda).toBe(1);
  });

  it("is answered at once, with what waited before the answer", async () => {
    hub.publish(["ben"], pong(1));
    hub.publish(["ada"], pong(1));
    hub.publish(["ada"], pong(2));
    ada.connection.send(pong(3));
    hub.publish(["ada"], pong(4));
    await ada.until(() => numbers(ada.read).includes(4));
    expect(numbers(ada.read)).toEqual([0, 1, 2, 3, 4]);
    expect(ben.read).toHaveLength(1);
    vi.advanceTimersByTime(REST_MS);
    await ben.until(() => ben.read.length === 2);
    expect(writesToAda).toBe(1);
  });

  it("does not wait for more when it has some messages", async () => {
    const long: Event = { type: "error", id: null, code: "server_busy", message: "x".repeat(1_200) };
    hub.publish(["ada"], long);
    await turn();
    expect(writesToAda).toBe(0);
    for (let n = 2; n <= 40; n += 1) {
      hub.publish(["ada"], long);
      await turn();
    }
    await ada.until(() => ada.read.length === 41);
    expect(writesToAda).toBe(20);
  });

  it("is sent what waits when it is sent off, not when it is closed, and nothing twice", async () => {
    hub.publish(["ada", "ben"], pong(1));
    ada.connection.sendOff(0);
    ben.connection.close("session_ended");
    await ada.until(() => ada.read.length === 3);
    vi.advanceTimersByTime(REST_MS);
    await turn();
    expect([ada.read.map((event) => event.type), writesToAda]).toEqual([["pong", "pong", "reconnect"], 1]);
    expect(numbers(ben.read)).toEqual([0]);
  });
});
