import type { Event } from "@confab/shared/events";
import { IDBFactory } from "fake-indexeddb";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeServer } from "../../test/fake-server.ts";
import { ada, asMe, ben } from "../../test/people.ts";
import { closeConversation } from "../features/conversations/close-conversation.ts";
import { markRead } from "../features/conversations/mark-read.ts";
import { openConversation } from "../features/conversations/open-conversation.ts";
import { loadNewer } from "../features/messages/load-newer.ts";
import { loadOlder } from "../features/messages/load-older.ts";
import { sendMessage } from "../features/messages/send-message.ts";
import { useConversations } from "../stores/conversations.store.ts";
import { useMessages } from "../stores/messages.store.ts";
import { resetStores } from "../stores/reset-stores.ts";
import { setSignedIn } from "../stores/session.store.ts";
import { retryNow, startLive, stopLive } from "./live.ts";
import { noteReadingPlace } from "./reading-place.ts";

/** What may happen, in any order: people act, the network fails, time passes. */
const steps = fc.array(
  fc.oneof(
    fc.record({ act: fc.constantFrom("ben says", "ada sends") }),
    fc.record({ act: fc.constant("ben says, unheard") }),
    fc.record({ act: fc.constant("edit"), at: fc.nat(30) }),
    fc.record({ act: fc.constant("ben says, heard late"), ms: fc.nat(800) }),
    fc.record({ act: fc.constantFrom("rename", "open", "close", "scroll up", "scroll down", "read") }),
    fc.record({ act: fc.constantFrom("read up to", "look at"), at: fc.nat(30) }),
    fc.record({ act: fc.constant("ben says a lot, unheard"), at: fc.nat(15) }),
    fc.record({ act: fc.constantFrom("drop", "vanish", "return") }),
    fc.record({ act: fc.constant("slow answers"), ms: fc.nat(2_000) }),
    fc.record({ act: fc.constant("time passes"), ms: fc.nat(4_000) }),
  ),
  { minLength: 5, maxLength: 60 },
);
type Step = { act: string; at?: number; ms?: number };

let server: FakeServer;
let id: string;
let written = 0;

function edit(at: number): void {
  const { length } = server.messagesOf(id);
  if (length > 0) server.edit(id, (at % length) + 1, `edited ${written++}`);
}

/** The act happens, but its frames do not arrive, or only later than what follows them. */
function heard(afterMs: number | null, act: () => void): void {
  const { socket } = server;
  const events: Event[] = [];
  server.loses = (event) => events.push(event) > 0;
  act();
  server.loses = () => false;
  if (afterMs === null) return;
  setTimeout(() => {
    for (const event of events) socket?.deliver(event);
  }, afterMs);
}

function windowRows() {
  return useMessages.getState().windows[id]?.rows ?? [];
}

function benSays(): void {
  server.say(id, ben, `ben ${written++}`);
}

async function take({ act, at = 0, ms = 0 }: Step): Promise<void> {
  if (act === "ben says") benSays();
  if (act === "ben says, unheard") heard(null, benSays);
  if (act === "ben says, heard late") return heard(ms, benSays);
  if (act === "ada sends") sendMessage(id, `ada ${written++}`);
  if (act === "ben says a lot, unheard") heard(null, () => Array.from({ length: at }, benSays));
  if (act === "look at") noteReadingPlace(id, windowRows()[at]?.id ?? null);
  if (act === "edit") edit(at);
  if (act === "rename") server.rename(id, `name ${written++}`);
  if (act === "open") void openConversation(id);
  if (act === "close") closeConversation(id);
  if (act === "scroll up") void loadOlder(id);
  if (act === "scroll down") void loadNewer(id);
  if (act === "read") markRead(id, useConversations.getState().conversations[id]?.last_seq ?? 0);
  if (act === "read up to") markRead(id, at);
  if (act === "drop" || act === "vanish") server.isReachable = act === "drop" && server.isReachable;
  if (act === "drop" || act === "vanish") for (const socket of server.sockets) socket.drop();
  if (act === "return") server.isReachable = true;
  if (act === "slow answers") server.delay = () => new Promise((resolve) => setTimeout(resolve, ms));
  await vi.advanceTimersByTimeAsync(ms);
}

/** True at every moment: no hole, no double, and no row that the server never said. */
function expectNoLie(): void {
  const rows = windowRows();
  const sent = rows.filter((row) => row.status === "sent");
  expect(sent.map((row) => row.seq)).toEqual(sent.map((_, index) => (sent[0]?.seq ?? 0) + index));
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  expect(rows.slice(0, sent.length)).toEqual(sent);
  for (const row of sent) expect(server.messagesOf(id)[(row.seq ?? 0) - 1]?.id).toBe(row.id);
}

function expectExact(): void {
  const window = useMessages.getState().windows[id];
  const rows = window?.rows ?? [];
  expect(window).toMatchObject({ reaches_newest: true, loading: "none", known_revision: server.present(id).revision });
  expect(rows.map(({ status: _, failure: __, ...message }) => message)).toEqual(
    server.messagesOf(id).slice(-rows.length),
  );
  expect(useConversations.getState().conversations[id]).toEqual(server.present(id));
}

function isExact(): boolean {
  try {
    expectExact();
    return true;
  } catch {
    return false;
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

it("whatever happens on the way, in the end the page shows exactly what the server holds, and every message once", async () => {
  await fc.assert(
    fc
      .asyncProperty(steps, async (program) => {
        for (const step of program) {
          await take(step);
          expectNoLie();
        }
        server.isReachable = true;
        server.delay = () => undefined;
        noteReadingPlace(id, null);
        void openConversation(id);
        retryNow();
        server.say(id, ben, "the end");
        // Twice the longest back-off, and what follows it.
        for (let waited = 0; waited < 90_000 && !isExact(); waited += 100) await vi.advanceTimersByTimeAsync(100);
        expectExact();
        expectNoLie();
        const adas = server.messagesOf(id).filter((message) => message.sender.id === ada.id);
        const sends = program.filter(({ act }) => act === "ada sends").length;
        expect(adas).toHaveLength(sends);
        expect(adas.map((message) => message.id)).toEqual(adas.map((message) => message.id).sort());
      })
      .beforeEach(() => {
        vi.stubGlobal("indexedDB", new IDBFactory());
        server = new FakeServer(ada);
        server.pageSize = 5;
        server.changesPageSize = 3;
        server.changesBehindMax = 10;
        id = server.addConversation([ada, ben]);
        setSignedIn(asMe(ada));
        startLive();
      })
      .afterEach(() => {
        stopLive();
        resetStores();
      }),
    { numRuns: Number(process.env.LOSSLESS_RUNS ?? 100) },
  );
}, 120_000);
