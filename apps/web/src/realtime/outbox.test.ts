import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeServer } from "../../test/fake-server.ts";
import { isLive, openLivePage, openPage, type Page, shownOn } from "../../test/open-page.ts";
import { ada, ben } from "../../test/people.ts";
import { storedEntries } from "../../test/stored-entries.ts";

let server: FakeServer;
let id: string;

const contents = () => server.messagesOf(id).map((message) => message.content);

function disconnect(): void {
  server.isReachable = false;
  for (const socket of server.sockets) socket.drop();
}

async function reconnect(page: Page): Promise<void> {
  server.isReachable = true;
  page.retryNow();
  await isLive(page);
}

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  server = new FakeServer(ada);
  id = server.addConversation([ada, ben]);
});

afterEach(() => {
  vi.useRealTimers();
});

describe("sending", () => {
  it("shows the message at once and sends it over the live socket, under one id all the way", async () => {
    const page = await openLivePage(ada, id);
    page.sendMessage(id, "hello");
    expect(shownOn(page, id)).toEqual(["hello …"]);
    const minted = page.useMessages.getState().windows[id]?.rows[0]?.id;
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["hello"]));
    expect(page.useMessages.getState().windows[id]?.rows[0]?.id).toBe(minted);
    expect(server.messagesOf(id)[0]?.id).toBe(minted);
    expect(server.requests.filter(({ method }) => method === "POST")).toEqual([]);
    expect(page.countUnsent()).toBe(0);
  });

  it("keeps a person's own order, also of what is written within one millisecond", async () => {
    const page = await openLivePage(ada, id);
    const written = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    for (const line of written) page.sendMessage(id, line);
    await vi.waitFor(() => expect(contents()).toEqual(written));
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(written));
  });

  it("goes over HTTP while there is no socket", async () => {
    server.acceptsSockets = false;
    const page = await openPage(ada);
    await page.openConversation(id);
    page.sendMessage(id, "by post");
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["by post"]));
    expect(server.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("asks over HTTP at once when the socket ends before its answer and does not come back", async () => {
    const page = await openLivePage(ada, id);
    server.loses = ({ type }) => type.startsWith("message.");
    page.sendMessage(id, "cut off");
    await vi.waitFor(() => expect(contents()).toEqual(["cut off"]));
    server.acceptsSockets = false;
    server.socket?.drop();
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["cut off"]));
    expect(contents()).toEqual(["cut off"]);
  });

  it("asks over HTTP, with the same id, when a live socket has not answered for ten seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const page = await openLivePage(ada, id);
    server.loses = ({ type }) => type.startsWith("message.");
    page.sendMessage(id, "hello?");
    await vi.waitFor(() => expect(contents()).toEqual(["hello?"]));
    await vi.advanceTimersByTimeAsync(9_000);
    expect(shownOn(page, id)).toEqual(["hello? …"]);
    await vi.advanceTimersByTimeAsync(2_000);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["hello?"]));
    expect(contents()).toEqual(["hello?"]);
    expect(page.useConnection.getState().state).toBe("live");
  });

  it("counts nothing of one's own as unread", async () => {
    const page = await openLivePage(ada, id);
    page.sendMessage(id, "mine");
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["mine"]));
    expect(page.useConversations.getState().conversations[id]).toMatchObject({ last_seq: 1, unread: 0 });
  });
});

describe("without a network", () => {
  it("waits, and sends each message once and in order after reconnecting", async () => {
    const page = await openLivePage(ada, id);
    disconnect();
    for (const line of ["one", "two", "three"]) page.sendMessage(id, line);
    expect(shownOn(page, id)).toEqual(["one …", "two …", "three …"]);
    server.say(id, ben, "meanwhile");
    await reconnect(page);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["meanwhile", "one", "two", "three"]));
    expect(contents()).toEqual(["meanwhile", "one", "two", "three"]);
  });

  it("sends again what was stored although its answer was lost, and nothing doubles", async () => {
    const page = await openLivePage(ada, id);
    server.loses = ({ type }) => type.startsWith("message.");
    page.sendMessage(id, "stored");
    await vi.waitFor(() => expect(contents()).toEqual(["stored"]));
    disconnect();
    server.loses = () => false;
    expect(shownOn(page, id)).toEqual(["stored …"]);
    await reconnect(page);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["stored"]));
    expect(contents()).toEqual(["stored"]);
    expect(page.countUnsent()).toBe(0);
  });

  it("does not wait for a request that hangs once the socket is back", async () => {
    const page = await openLivePage(ada, id);
    disconnect();
    server.isReachable = true;
    server.delay = ({ method }) => (method === "POST" ? new Promise(() => undefined) : undefined);
    let hangs = true;
    server.refuse = ({ path }) => (path.endsWith("/messages") && hangs ? "server_busy" : undefined);
    page.sendMessage(id, "twice on its way");
    await vi.waitFor(() => expect(server.requests.filter(({ method }) => method === "POST")).toHaveLength(1));
    hangs = false;
    await reconnect(page);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["twice on its way"]));
    expect(contents()).toEqual(["twice on its way"]);
  });

  it("survives a reload: the row is back, and the message goes out once", async () => {
    const before = await openLivePage(ada, id);
    disconnect();
    before.sendMessage(id, "written on a train");
    await vi.waitFor(() => expect(before.countUnsent()).toBe(1));
    await vi.waitFor(async () => expect(await storedEntries()).toBe(1));
    before.stopLive();
    const page = await openPage(ada);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["written on a train …"]));
    await reconnect(page);
    await page.openConversation(id);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["written on a train"]));
    expect(contents()).toEqual(["written on a train"]);
    await vi.waitFor(async () => expect(await storedEntries()).toBe(0));
  });

  it("works without storage for as long as the page lives", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const page = await openLivePage(ada, id);
    disconnect();
    page.sendMessage(id, "private window");
    await reconnect(page);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["private window"]));
  });
});
