import type { Event } from "@confab/shared/events";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { FakeServer } from "../../test/fake-server.ts";
import { ada, asMe, ben } from "../../test/people.ts";
import { shown } from "../../test/screen.ts";
import { closeConversation } from "../features/conversations/close-conversation.ts";
import { openConversation } from "../features/conversations/open-conversation.ts";
import { loadOlder } from "../features/messages/load-older.ts";
import { sendMessage } from "../features/messages/send-message.ts";
import { useConnection } from "../stores/connection.store.ts";
import { useConversations } from "../stores/conversations.store.ts";
import { useMessages } from "../stores/messages.store.ts";
import { setSignedIn } from "../stores/session.store.ts";
import { retryNow, startLive, stopLive } from "./live.ts";

let server: FakeServer;
let id: string;
const windowNow = () => useMessages.getState().windows[id];
const conversation = () => useConversations.getState().conversations[id];
const words = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `word ${from + index}`);

function say(from: number, to: number): void {
  for (const word of words(from, to)) server.say(id, ben, word);
}

async function goLive(): Promise<void> {
  startLive();
  await vi.waitFor(() => expect(useConnection.getState().state).toBe("live"));
}

function disconnect(): void {
  server.isReachable = false;
  server.socket?.drop();
}

async function reconnect(): Promise<void> {
  server.isReachable = true;
  retryNow();
  await vi.waitFor(() => expect(useConnection.getState().state).toBe("live"));
}

beforeEach(() => {
  server = new FakeServer(ada);
  setSignedIn(asMe(ada));
  id = server.addConversation([ada, ben]);
});

describe("a gap in the revisions", () => {
  it("is filled from the changes when it lasts", async () => {
    say(1, 3);
    await goLive();
    await openConversation(id);
    server.loses = () => true;
    say(4, 5);
    server.loses = () => false;
    say(6, 6);
    expect(windowNow()?.reaches_newest).toBe(false);
    expect(shown(id)).toEqual(words(1, 3));
    await vi.waitFor(() => expect(shown(id)).toEqual(words(1, 6)));
    expect(conversation()).toMatchObject({ unread: 6, last_seq: 6, revision: 6 });
    expect(windowNow()).toMatchObject({ reaches_newest: true, known_revision: 6 });
    expect(server.requestsTo("/changes").map(({ query }) => query.get("after_revision"))).toEqual(["3"]);
  });

  it("asks nobody when the events have only overtaken each other", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    await goLive();
    await openConversation(id);
    const events: Event[] = [];
    server.loses = (event) => events.push(event) > 0;
    say(1, 4);
    const [first, second, third, fourth] = events as [Event, Event, Event, Event];
    for (const event of [fourth, second, first, first, third, second]) server.socket?.deliver(event);
    expect(shown(id)).toEqual(words(1, 4));
    expect(conversation()).toMatchObject({ unread: 4, last_seq: 4, revision: 4 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.requestsTo("/changes")).toEqual([]);
  });

  it("is noticed by a change that is no message, and heals the conversation's own facts", async () => {
    await goLive();
    server.loses = () => true;
    server.rename(id, "Plans");
    server.loses = () => false;
    say(1, 1);
    expect(conversation()).toMatchObject({ name: "General", unread: 0 });
    await vi.waitFor(() => expect(conversation()).toMatchObject({ name: "Plans", unread: 1, revision: 2 }));
  });

  it("that is too large is not filled where nobody looks: what was held goes", async () => {
    say(1, 1);
    await goLive();
    await openConversation(id);
    closeConversation(id);
    server.loses = () => true;
    for (let index = 0; index < 1_050; index += 1) server.say(id, ben, "noise");
    server.loses = () => false;
    say(2, 2);
    await vi.waitFor(() => expect(windowNow()).toBeUndefined());
    expect(conversation()).toMatchObject({ last_seq: 1_052, revision: 1_052 });
  });

  it("is asked for again when the first answer does not come", async () => {
    say(1, 1);
    await goLive();
    await openConversation(id);
    let refusals = 0;
    server.refuse = ({ path }) => (path.endsWith("/changes") && refusals++ < 1 ? "server_busy" : undefined);
    server.loses = () => true;
    say(2, 2);
    server.loses = () => false;
    say(3, 3);
    await vi.waitFor(() => expect(shown(id)).toEqual(words(1, 3)), { timeout: 3_000 });
    expect(refusals).toBe(2);
  });
});

describe("reconnecting", () => {
  it("shows every message once, in order, with its edits, over several pages of changes", async () => {
    say(1, 10);
    server.changesPageSize = 7;
    await goLive();
    await openConversation(id);
    disconnect();
    say(11, 25);
    // Edited, so its change comes after those of all the messages that follow it.
    server.edit(id, 12, "word 12, edited");
    server.edit(id, 3, "word 3, edited");
    await reconnect();
    // At once: the snapshot is no event that could have been overtaken.
    expect(server.requestsTo("/changes")).not.toEqual([]);
    const expected = words(1, 25);
    expected[11] = "word 12, edited";
    expected[2] = "word 3, edited";
    await vi.waitFor(() => expect(shown(id)).toEqual(expected));
    expect(windowNow()?.known_revision).toBe(27);
    expect(server.requestsTo("/changes").length).toBeGreaterThanOrEqual(3);
    expect(conversation()).toMatchObject({ unread: 25, last_seq: 25 });
  });

  it("asks for nothing when nothing was missed", async () => {
    say(1, 3);
    await goLive();
    await openConversation(id);
    disconnect();
    await reconnect();
    expect(windowNow()).toMatchObject({ reaches_newest: true });
    expect(server.requestsTo("/changes")).toEqual([]);
  });

  it("asks for nothing where nobody looks, and shows on opening what was missed there", async () => {
    const quiet = server.addConversation([ada, ben]);
    server.say(quiet, ben, "word 1");
    await goLive();
    for (const each of [id, quiet]) {
      await openConversation(each);
      closeConversation(each);
    }
    disconnect();
    say(1, 20);
    const asked = server.requests.length;
    await reconnect();
    expect(conversation()).toMatchObject({ unread: 20, last_seq: 20 });
    say(21, 21);
    expect(windowNow()).toBeUndefined();
    expect(shown(quiet)).toEqual(["word 1"]);
    await openConversation(quiet);
    expect(server.requests.length).toBe(asked);
    await openConversation(id);
    expect(shown(id)).toEqual(words(1, 21));
  });

  it("keeps what waits to be sent where nobody looks, and sends it", async () => {
    await goLive();
    await openConversation(id);
    disconnect();
    sendMessage(id, "from the tunnel");
    closeConversation(id);
    say(1, 3);
    server.refuse = ({ method }) => (method === "GET" ? undefined : "server_busy");
    await reconnect();
    expect(shown(id)).toEqual(["from the tunnel …"]);
    server.refuse = () => undefined;
    await vi.waitFor(() => expect(server.messagesOf(id).at(-1)?.content).toBe("from the tunnel"), { timeout: 5_000 });
    await openConversation(id);
    expect(shown(id)).toEqual([...words(1, 3), "from the tunnel"]);
  });

  it("forgets a conversation this person is no longer in", async () => {
    say(1, 1);
    await goLive();
    await openConversation(id);
    disconnect();
    server.conversations.delete(id);
    await reconnect();
    await vi.waitFor(() => expect(windowNow()).toBeUndefined());
    expect(conversation()).toBeUndefined();
  });

  it("starts afresh when the server has gone back in time", async () => {
    say(1, 5);
    await goLive();
    await openConversation(id);
    disconnect();
    const stored = server.conversations.get(id);
    stored?.messages.splice(2);
    if (stored !== undefined) stored.revision = 2;
    await reconnect();
    await vi.waitFor(() => expect(shown(id)).toEqual(words(1, 2)), { timeout: 3_000 });
    say(3, 3);
    await vi.waitFor(() => expect(shown(id)).toEqual(words(1, 3)));
  });
});

describe("opening", () => {
  it("misses nothing that happens while the page is on its way", async () => {
    say(1, 60);
    await goLive();
    let arrive: () => void = () => undefined;
    server.delay = ({ path }) =>
      path.endsWith("/messages") ? new Promise<void>((resolve) => (arrive = resolve)) : undefined;
    const opening = openConversation(id);
    await vi.waitFor(() => expect(server.requestsTo("/messages")).toHaveLength(1));
    server.edit(id, 60, "word 60, edited");
    say(61, 62);
    arrive();
    expect(await opening).toBe("opened");
    expect(shown(id)).toEqual([...words(11, 59), "word 60, edited", ...words(61, 62)]);

    const older = loadOlder(id);
    await vi.waitFor(() => expect(server.requestsTo("/messages")).toHaveLength(2));
    server.edit(id, 4, "word 4, edited");
    arrive();
    await older;
    expect(shown(id).slice(0, 5)).toEqual([...words(1, 3), "word 4, edited", "word 5"]);
    expect(windowNow()).toMatchObject({ reaches_oldest: true, reaches_newest: true, known_revision: 64 });
  });

  it("misses nothing when the connection is lost and found while the page is on its way", async () => {
    say(1, 5);
    await goLive();
    let arrive: () => void = () => undefined;
    server.delay = ({ path }) =>
      path.endsWith("/messages") ? new Promise<void>((resolve) => (arrive = resolve)) : undefined;
    const opening = openConversation(id);
    await vi.waitFor(() => expect(server.requestsTo("/messages")).toHaveLength(1));
    server.socket?.drop();
    say(6, 7);
    await reconnect();
    say(8, 8);
    arrive();
    await opening;
    await vi.waitFor(() => expect(shown(id)).toEqual(words(1, 8)));
    expect(windowNow()?.reaches_newest).toBe(true);
  });

  it("goes on when live stops and starts again meanwhile", async () => {
    say(1, 2);
    await goLive();
    const opening = openConversation(id);
    stopLive();
    await goLive();
    expect(await opening).toBe("opened");
    await openConversation(id);
    expect(shown(id)).toEqual(words(1, 2));
    expect(windowNow()?.loading).toBe("none");
  });

  it("draws the line where reading ended, and keeps it there", async () => {
    say(1, 5);
    server.conversations.get(id)?.read.set(ada.id, 3);
    await goLive();
    await openConversation(id);
    expect(windowNow()?.divider_after_seq).toBe(3);
    say(6, 6);
    expect(windowNow()?.divider_after_seq).toBe(3);
  });

  it("works before the first snapshot, and says when there is no such conversation", async () => {
    say(1, 2);
    expect(await openConversation(id)).toBe("opened");
    expect(shown(id)).toEqual(words(1, 2));
    expect(await openConversation("00000000-0000-7000-8000-0000000000ff")).toBe("not_found");
    expect(Object.keys(useMessages.getState().windows)).toEqual([id]);
  });

  it("tells of a failure, and can be repeated", async () => {
    say(1, 2);
    await goLive();
    server.refuse = ({ path }) => (path.endsWith("/messages") ? "server_busy" : undefined);
    expect(await openConversation(id)).toBe("failed");
    expect(windowNow()?.failure).toBe("The server is busy. Try again in a moment.");
    server.refuse = () => undefined;
    expect(await openConversation(id)).toBe("opened");
    expect(windowNow()).toMatchObject({ failure: null, reaches_newest: true });
  });
});
