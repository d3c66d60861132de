import { locks } from "node:worker_threads";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { FakeServer } from "../../test/fake-server.ts";
import { FakeSocket } from "../../test/fake-socket.ts";
import { isLive, openLivePage, openPage, type Page, shownOn } from "../../test/open-page.ts";
import { ada, ben } from "../../test/people.ts";
import { storedEntries } from "../../test/stored-entries.ts";

let server: FakeServer;
let id: string;

const contents = () => server.messagesOf(id).map((message) => message.content);
const shows = (page: Page, rows: string[]) => vi.waitFor(() => expect(shownOn(page, id)).toEqual(rows));
const firstId = (page: Page) => page.useMessages.getState().windows[id]?.rows[0]?.id ?? "";

function disconnect(): void {
  server.isReachable = false;
  for (const socket of server.sockets) socket.drop();
}

async function reconnect(...pages: Page[]): Promise<void> {
  // What was tried in vain.
  server.requests.length = 0;
  server.isReachable = true;
  for (const page of pages) page.retryNow();
  await Promise.all(pages.map(isLive));
}

/** Whatever asks for a socket after the next one is left waiting, until the end of that. */
function onlyNextConnects(): () => void {
  const connect = FakeSocket.onConnect;
  const waiting: FakeSocket[] = [];
  FakeSocket.onConnect = (socket) => {
    FakeSocket.onConnect = (late) => waiting.push(late);
    connect(socket);
  };
  return () => {
    FakeSocket.onConnect = connect;
    for (const socket of waiting) socket.drop();
  };
}

/** How often a message was handed to the server, by whichever way and from whichever tab. */
function timesSent(content: string): number {
  const frames = server.sockets.flatMap((socket) => socket.sent);
  const posts = server.requests.map(({ body }) => JSON.stringify(body ?? ""));
  return [...frames, ...posts].filter((text) => text.includes(`"${content}"`)).length;
}

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  server = new FakeServer(ada);
  id = server.addConversation([ada, ben]);
});

afterEach(() => {
  vi.useRealTimers();
});

describe("what is written in one tab without a network", () => {
  it("stands in the other as being sent, and goes out from there when the first is closed", async () => {
    const [first, second] = [await openLivePage(ada, id), await openLivePage(ada, id)];
    disconnect();
    first.sendMessage(id, "written and closed");
    await shows(second, ["written and closed …"]);
    first.stopLive();
    await reconnect(second);
    await shows(second, ["written and closed"]);
    expect(contents()).toEqual(["written and closed"]);
    expect(timesSent("written and closed")).toBe(1);
    await vi.waitFor(async () => expect(await storedEntries()).toBe(0));
  });

  it("goes out from there also where the browser keeps nothing", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const [first, second] = [await openLivePage(ada, id), await openLivePage(ada, id)];
    disconnect();
    first.sendMessage(id, "private window");
    await shows(second, ["private window …"]);
    first.stopLive();
    await reconnect(second);
    await shows(second, ["private window"]);
    expect(contents()).toEqual(["private window"]);
  });

  it("goes out in the order in which it was written, whichever tab it was written in", async () => {
    const [first, second] = [await openLivePage(ada, id), await openLivePage(ada, id)];
    disconnect();
    first.sendMessage(id, "one");
    await shows(second, ["one …"]);
    second.sendMessage(id, "two");
    await shows(first, ["one …", "two …"]);
    await reconnect(second);
    await vi.waitFor(() => expect(contents()).toEqual(["one", "two"]));
    await reconnect(first);
    for (const page of [first, second]) await shows(page, ["one", "two"]);
  });
});

describe("a tab that is closed in the midst of sending", () => {
  it("hands on to the other within five seconds", async () => {
    const second = await openLivePage(ada, id);
    const first = await openLivePage(ada, id);
    // vi.waitFor would move this clock on: a slow machine would be past the five seconds before the tab is closed.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { socket } = server;
    if (socket !== undefined) socket.onCommand = () => undefined;
    first.sendMessage(id, "cut off");
    while (timesSent("cut off") === 0 || shownOn(second, id).length === 0) await new Promise(setImmediate);
    expect(shownOn(second, id)).toEqual(["cut off …"]);
    first.stopLive();
    expect(contents()).toEqual([]);
    await vi.advanceTimersByTimeAsync(5_000);
    await shows(second, ["cut off"]);
    expect(contents()).toEqual(["cut off"]);
  });
});

describe("what becomes of a message", () => {
  it("is seen in the other tab: refused, tried again, refused and discarded", async () => {
    const [first, second] = [await openLivePage(ada, id), await openLivePage(ada, id)];
    server.refuse = ({ method }) => (method === "SOCKET" ? "message_id_reused" : undefined);
    first.sendMessage(id, "refused");
    for (const page of [first, second]) await shows(page, ["refused !"]);
    const holding = server.sockets.map((socket) => [socket, socket.onCommand] as const);
    for (const [socket] of holding) socket.onCommand = () => undefined;
    second.retryMessage(id, firstId(second));
    for (const page of [first, second]) await shows(page, ["refused …"]);
    for (const [socket, obey] of holding) {
      socket.onCommand = obey;
      for (const frame of socket.sent.slice(-1)) obey(frame);
    }
    for (const page of [first, second]) await shows(page, ["refused !"]);
    second.discardMessage(id, firstId(second));
    for (const page of [first, second]) {
      await shows(page, []);
      expect(page.countUnsent()).toBe(0);
    }
    expect(await storedEntries()).toBe(0);
  });

  it("is seen in a tab that has no connection of its own, and is not sent from there again", async () => {
    const [first, second] = [await openLivePage(ada, id), await openLivePage(ada, id)];
    disconnect();
    first.sendMessage(id, "by the first");
    await shows(second, ["by the first …"]);
    const letOthersConnect = onlyNextConnects();
    await reconnect(first);
    await shows(second, ["by the first"]);
    expect(second.useConnection.getState().state).not.toBe("live");
    expect(second.countUnsent()).toBe(0);
    letOthersConnect();
    await reconnect(second);
    second.sendMessage(id, "afterwards");
    for (const page of [first, second]) await shows(page, ["by the first", "afterwards"]);
    expect(timesSent("by the first")).toBe(1);
  });

  it("is nothing to the tab of another person", async () => {
    const adas = await openLivePage(ada, id);
    disconnect();
    const bens = await openPage(ben);
    adas.sendMessage(id, "of Ada's");
    bens.sendMessage(id, "of Ben's");
    await shows(adas, ["of Ada's …"]);
    const again = await openPage(ada);
    await shows(again, ["of Ada's …"]);
    expect(shownOn(bens, id)).toEqual(["of Ben's …"]);
    expect([adas.countUnsent(), bens.countUnsent()]).toEqual([1, 1]);
  });

  it("is not changed by what is no word of this page's", async () => {
    const page = await openLivePage(ada, id);
    disconnect();
    page.sendMessage(id, "mine");
    const channel = new BroadcastChannel(`confab.outbox.${ada.id}`);
    const entry = { id: firstId(page), user_id: ben.id, conversation_id: id, content: "forged", failure: null };
    for (const word of [null, "dropped", { kind: "burnt", id: firstId(page) }, { kind: "kept", entry }])
      channel.postMessage(word);
    channel.postMessage({ kind: "kept", entry: { ...entry, sent_from_client: new Date().toISOString() } });
    const other = await openPage(ada);
    other.sendMessage(id, "after it");
    await shows(page, ["mine …", "after it …"]);
    channel.close();
  });
});

describe("several tabs with the same messages waiting", () => {
  /** As a browser has them in a secure context. */
  function giveLocks(): void {
    Object.defineProperty(navigator, "locks", { value: locks, configurable: true });
    onTestFinished(() => void Reflect.deleteProperty(navigator, "locks"));
  }

  /** The first tab has sent a message and waits for the answer, which the caller lets come, when a second is opened. */
  async function openWhileSending(): Promise<{ pages: [Page, Page]; answer: () => void }> {
    const first = await openLivePage(ada, id);
    const { socket } = server;
    const obey = socket?.onCommand;
    if (socket === undefined || obey === undefined) throw new Error("no socket");
    socket.onCommand = () => undefined;
    first.sendMessage(id, "one");
    await vi.waitFor(async () => expect(await storedEntries()).toBe(1));
    await vi.waitFor(() => expect(timesSent("one")).toBe(1));
    const second = await openPage(ada);
    await isLive(second);
    return { pages: [first, second], answer: () => obey(socket.sent.at(-1) ?? "") };
  }

  it("show each of them once, also where a browser gives them no turns", async () => {
    expect(navigator.locks).toBeUndefined();
    const first = await openLivePage(ada, id);
    disconnect();
    const written = ["one", "two", "three"];
    for (const line of written) first.sendMessage(id, line);
    await vi.waitFor(async () => expect(await storedEntries()).toBe(3));
    const second = await openPage(ada);
    await shows(second, ["one …", "two …", "three …"]);
    await reconnect(first, second);
    await second.openConversation(id);
    for (const page of [first, second]) {
      await shows(page, written);
      expect(page.countUnsent()).toBe(0);
    }
    expect(contents()).toEqual(written);
  });

  it("send at the same time where they have no turns, and it is one message all the same", async () => {
    const { pages, answer } = await openWhileSending();
    await vi.waitFor(() => expect(timesSent("one")).toBe(2));
    answer();
    await pages[1].openConversation(id);
    for (const page of pages) await shows(page, ["one"]);
    expect(contents()).toEqual(["one"]);
  });

  it("leave it to the first where they have turns", async () => {
    giveLocks();
    const { pages, answer } = await openWhileSending();
    await shows(pages[1], ["one …"]);
    await vi.waitFor(async () => expect((await locks.query()).pending).toHaveLength(1));
    server.loses = ({ type }) => type === "message.created";
    answer();
    await vi.waitFor(async () => expect(await locks.query()).toEqual({ held: [], pending: [] }));
    server.loses = () => false;
    await vi.waitFor(() => expect(pages.map((page) => page.countUnsent())).toEqual([0, 0]));
    expect([contents(), timesSent("one")]).toEqual([["one"], 1]);
    await pages[1].openConversation(id);
    for (const page of pages) await shows(page, ["one"]);
  });

  it("send without a turn when another keeps it too long", async () => {
    giveLocks();
    const impatience = new AbortController();
    vi.spyOn(AbortSignal, "timeout").mockReturnValue(impatience.signal);
    let wakeUp: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => (wakeUp = resolve));
    const sleeper = locks.request(`confab.outbox.${ada.id}.${id}`, () => asleep);
    const page = await openLivePage(ada, id);
    page.sendMessage(id, "not waiting for ever");
    await vi.waitFor(async () => expect((await locks.query()).pending).toHaveLength(1));
    expect(contents()).toEqual([]);
    impatience.abort();
    await shows(page, ["not waiting for ever"]);
    wakeUp();
    await sleeper;
  });
});
