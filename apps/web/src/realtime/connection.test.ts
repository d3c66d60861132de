import { HEARTBEAT_MS } from "@confab/shared/limits";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeServer } from "../../test/fake-server.ts";
import { FakeSocket } from "../../test/fake-socket.ts";
import { ada, asMe, ben } from "../../test/people.ts";
import { useConnection } from "../stores/connection.store.ts";
import { useConversations } from "../stores/conversations.store.ts";
import { setSignedIn, useSession } from "../stores/session.store.ts";
import { retryNow, startLive, stopLive } from "./live.ts";

let server: FakeServer;
const TIMERS = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] as const;
const HOUR_MS = 3_600_000;
const state = () => useConnection.getState().state;

/** The device sleeps: the clock goes on, and no timer comes nearer to its end. */
function sleep(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** Whatever is said on the connection made last gets nowhere, and its end is not told. */
function killInSilence(): void {
  const { socket } = server;
  if (socket === undefined) throw new Error("no socket");
  socket.onCommand = () => undefined;
}

const pings = () => server.socket?.sent.filter((frame) => frame.includes('"ping"')).length;

function setBrowserOnline(isOnline: boolean): void {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(isOnline);
  window.dispatchEvent(new Event(isOnline ? "online" : "offline"));
}

async function goLive(): Promise<void> {
  startLive();
  await vi.waitFor(() => expect(state()).toBe("live"));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: [...TIMERS, "Date", "performance"] });
  vi.spyOn(Math, "random").mockReturnValue(0.999_999);
  server = new FakeServer(ada);
  setSignedIn(asMe(ada));
});

afterEach(() => {
  vi.useRealTimers();
});

describe("where no socket gets through", () => {
  it("shows the conversations all the same", async () => {
    const id = server.addConversation([ada, ben]);
    server.acceptsSockets = false;
    startLive();
    await vi.waitFor(() => expect(useConversations.getState().loaded).toBe(true));
    expect(state()).not.toBe("live");
    expect(useConversations.getState().conversations[id]).toMatchObject({ id, member_count: 2 });
  });
});

describe("reconnecting", () => {
  it("waits twice as long after each failure, from half a second up to thirty, never more than its full share", async () => {
    await goLive();
    server.isReachable = false;
    server.socket?.drop();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      expect(useConnection.getState()).toMatchObject({ state: "waiting", attempt });
      const wait = (useConnection.getState().retry_at ?? 0) - Date.now();
      // The clock has whole milliseconds, the back-off has not.
      waits.push(Math.round(wait / 10) * 10);
      await vi.advanceTimersByTimeAsync(wait + 2);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("spreads the tries over the whole wait", async () => {
    await goLive();
    vi.mocked(Math.random).mockReturnValue(0.1);
    server.socket?.drop();
    expect(Math.round((useConnection.getState().retry_at ?? 0) - Date.now())).toBe(50);
  });

  it("keeps backing off from a server that accepts and drops at once, and starts over after a stable connection", async () => {
    await goLive();
    server.socket?.drop();
    await vi.waitFor(() => expect(state()).toBe("live"));
    server.socket?.drop();
    expect(useConnection.getState().attempt).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state()).toBe("live");
    await vi.advanceTimersByTimeAsync(10_000);
    server.socket?.drop();
    expect(useConnection.getState().attempt).toBe(1);
  });

  it("waits as long as a server asks that ends, and backs off from there", async () => {
    await goLive();
    server.socket?.deliver({ type: "reconnect", after_ms: 2_345 });
    expect(state()).toBe("live");
    server.isReachable = false;
    server.socket?.drop(1012);
    expect(useConnection.getState()).toMatchObject({ state: "waiting", attempt: 1 });
    expect((useConnection.getState().retry_at ?? 0) - Date.now()).toBe(2_345);
    await vi.advanceTimersByTimeAsync(2_344);
    expect(useConnection.getState().attempt).toBe(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(useConnection.getState().attempt).toBe(2);
    expect(Math.round((useConnection.getState().retry_at ?? 0) - Date.now())).toBeLessThanOrEqual(1_000);
  });

  it("tries at once when asked to", async () => {
    await goLive();
    server.isReachable = false;
    server.socket?.drop();
    server.isReachable = true;
    retryNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(state()).toBe("live");
  });

  it("is offline while the browser is, and back at once when the network is", async () => {
    await goLive();
    server.isReachable = false;
    setBrowserOnline(false);
    expect(state()).toBe("offline");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state()).toBe("offline");
    server.isReachable = true;
    setBrowserOnline(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(state()).toBe("live");
  });
});

describe("the end of a session", () => {
  it("stops for good on close code 4401 and signs the page out", async () => {
    await goLive();
    server.socket?.drop(4401);
    expect(state()).toBe("stopped");
    expect(useSession.getState()).toEqual({ status: "signed_out", me: null });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(server.sockets).toHaveLength(1);
  });

  it("finds out by asking when the socket is refused without a word", async () => {
    server.user = null;
    startLive();
    await vi.waitFor(() => expect(useSession.getState().status).toBe("signed_out"));
    expect(state()).toBe("stopped");
  });

  it("starts anew for the person the cookie belongs to now", async () => {
    const id = server.addConversation([ada]);
    await goLive();
    expect(useConversations.getState().conversations).toHaveProperty(id);
    server.user = ben;
    server.socket?.drop();
    await vi.waitFor(() => expect(useSession.getState().me?.id).toBe(ben.id));
    await vi.waitFor(() => expect(state()).toBe("live"));
    expect(useConversations.getState().conversations).toEqual({});
  });
});

describe("the heartbeat", () => {
  it("measures the round trip", async () => {
    await goLive();
    await vi.waitFor(() => expect(useConnection.getState().rtt_ms).not.toBeNull());
  });

  it("replaces a connection that does not answer a ping within ten seconds", async () => {
    await goLive();
    await vi.advanceTimersByTimeAsync(10);
    const { socket } = server;
    killInSilence();
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(state()).toBe("live");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(state()).toBe("waiting");
    await vi.waitFor(() => expect(state()).toBe("live"));
    expect(server.socket).not.toBe(socket);
  });

  it("asks at once when the page comes back into view", async () => {
    await goLive();
    await vi.advanceTimersByTimeAsync(10);
    expect(pings()).toBe(1);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(pings()).toBe(2);
  });
});

describe("after a sleep", () => {
  beforeEach(async () => {
    await goLive();
    await vi.advanceTimersByTimeAsync(15_000);
  });

  it("asks at once whether the connection still stands, and stays on it when it does", async () => {
    const before = pings() ?? 0;
    sleep(HOUR_MS);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(pings()).toBe(before + 1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([state(), server.sockets.length]).toEqual(["live", 1]);
  });

  it("replaces a connection that died meanwhile within seconds", async () => {
    killInSilence();
    sleep(HOUR_MS);
    await vi.advanceTimersByTimeAsync(2_000 + 4_000 + 500);
    expect([state(), server.sockets.length]).toEqual(["live", 2]);
  });

  it("does not wait for the rest of a long back-off", async () => {
    server.isReachable = false;
    server.socket?.drop();
    while ((useConnection.getState().retry_at ?? 0) - Date.now() < 29_000) await vi.advanceTimersByTimeAsync(500);
    server.isReachable = true;
    sleep(HOUR_MS);
    expect(state()).toBe("waiting");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(state()).toBe("live");
  });

  it("does not wait for a connection that was being made when it began", async () => {
    server.isReachable = false;
    server.socket?.drop();
    const connect = FakeSocket.onConnect;
    FakeSocket.onConnect = () => undefined;
    server.isReachable = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state()).toBe("connecting");
    FakeSocket.onConnect = connect;
    sleep(HOUR_MS);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(state()).toBe("live");
  });

  it("knows a sleep from a page that is merely busy, and no one asks after the other end", async () => {
    const before = pings() ?? 0;
    sleep(9_000);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(pings()).toBe(before);
    stopLive();
    sleep(HOUR_MS);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([state(), server.sockets.length]).toEqual(["stopped", 1]);
  });
});

describe("frames", () => {
  it("counts what it does not know and goes on", async () => {
    await goLive();
    server.socket?.deliver('{"type":"message.translated","language":"la"}');
    server.socket?.deliver("not even JSON");
    server.socket?.deliver('{"type":"message.created"}');
    expect(useConnection.getState()).toMatchObject({ state: "live", unknown_frames: 3 });
  });

  it("of a superseded socket are ignored, the snapshot among them", async () => {
    const id = server.addConversation([ada, ben]);
    await goLive();
    const old = server.socket;
    old?.drop();
    await vi.waitFor(() => expect(state()).toBe("live"));
    const message = server.say(id, ben, "once");
    old?.deliver({
      type: "message.created",
      message: { ...message, seq: 2, revision: 2, id: message.id.replace(/.$/, "0") },
    });
    old?.drop(4401);
    expect(state()).toBe("live");
    expect(useConversations.getState().conversations[id]).toMatchObject({ last_seq: 1, unread: 1 });
  });
});
