import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeServer } from "../../../test/fake-server.ts";
import { ada, asMe, ben } from "../../../test/people.ts";
import { shown } from "../../../test/screen.ts";
import { startLive } from "../../realtime/live.ts";
import { useConnection } from "../../stores/connection.store.ts";
import { heardOfSeq, useMessages } from "../../stores/messages.store.ts";
import { setSignedIn } from "../../stores/session.store.ts";
import { openConversation } from "../conversations/open-conversation.ts";
import { jumpToNewest } from "./jump-to-newest.ts";
import { loadNewer } from "./load-newer.ts";
import { loadOlder } from "./load-older.ts";
import { sendMessage } from "./send-message.ts";

let server: FakeServer;
let id: string;
const windowNow = () => useMessages.getState().windows[id];
const words = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `word ${from + index}`);

/** The window is as after more was dropped than could be held: it knows that it does not reach the newest. */
function leaveNewestEnd(count: number): void {
  const known = windowNow();
  for (let index = 0; index < count; index += 1) server.say(id, ben, `word ${server.messagesOf(id).length + 1}`);
  if (known === undefined) throw new Error("not open");
  const left = { ...known, known_revision: windowNow()?.known_revision ?? null };
  useMessages.setState({ windows: { [id]: left } });
  useMessages.setState((state) => heardOfSeq(state, id, server.messagesOf(id).length));
}

beforeEach(async () => {
  server = new FakeServer(ada);
  setSignedIn(asMe(ada));
  id = server.addConversation([ada, ben]);
  for (const word of words(1, 120)) server.say(id, ben, word);
  startLive();
  await vi.waitFor(() => expect(useConnection.getState().state).toBe("live"));
  await openConversation(id);
});

describe("loadOlder", () => {
  it("goes back page by page until the oldest, and then asks no more", async () => {
    expect(shown(id)).toEqual(words(71, 120));
    await Promise.all([loadOlder(id), loadOlder(id)]);
    expect(shown(id)).toEqual(words(21, 120));
    await loadOlder(id);
    expect(shown(id)).toEqual(words(1, 120));
    expect(windowNow()?.reaches_oldest).toBe(true);
    await loadOlder(id);
    expect(server.requestsTo("/messages")).toHaveLength(3);
  });

  it("leaves a failure in the window, and can be repeated", async () => {
    server.refuse = ({ query }) => (query.has("before") ? "server_busy" : undefined);
    await loadOlder(id);
    expect(windowNow()).toMatchObject({ failure: "The server is busy. Try again in a moment.", loading: "none" });
    expect(shown(id)).toEqual(words(71, 120));
    server.refuse = () => undefined;
    await loadOlder(id);
    expect(windowNow()).toMatchObject({ failure: null });
    expect(shown(id)).toEqual(words(21, 120));
  });
});

describe("away from the newest end", () => {
  beforeEach(() => {
    leaveNewestEnd(80);
  });

  it("loadNewer goes forward page by page until the newest", async () => {
    await loadNewer(id);
    expect(shown(id)).toEqual(words(71, 170));
    expect(windowNow()?.reaches_newest).toBe(false);
    await loadNewer(id);
    expect(shown(id)).toEqual(words(71, 200));
    expect(windowNow()?.reaches_newest).toBe(true);
    await loadNewer(id);
    expect(server.requests.filter(({ query }) => query.has("after"))).toHaveLength(2);
  });

  it("jumpToNewest shows the newest page instead", async () => {
    await jumpToNewest(id);
    expect(shown(id)).toEqual(words(151, 200));
    expect(windowNow()).toMatchObject({ reaches_newest: true, reaches_oldest: false });
  });

  it("one's own message leads back to the newest end", async () => {
    sendMessage(id, "mine");
    await vi.waitFor(() => expect(shown(id).slice(-2)).toEqual(["word 200", "mine"]));
    expect(windowNow()?.reaches_newest).toBe(true);
  });
});
