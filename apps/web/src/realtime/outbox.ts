import { newId } from "@confab/shared/ids";
import { createMessageBodySchema } from "@confab/shared/messages";
import type { Me } from "@confab/shared/users";
import { api } from "../lib/api.ts";
import { ApiError } from "../lib/api-error.ts";
import { type MessageRow, putUnsentRow, removeUnsentRow, useMessages } from "../stores/messages.store.ts";
import { ownsCookie, useSession } from "../stores/session.store.ts";
import { applyEvent } from "./apply-event.ts";
import { backoffMs, Naps } from "./backoff.ts";
import { sendCommand } from "./connection.ts";
import { lifetime } from "./lifetime.ts";
import {
  answerSend,
  awaitAnswer,
  deleteEntry,
  entriesOf,
  findEntry,
  interruptSends,
  type OutboxEntry,
  readStoredEntries,
  refuseSend,
  type SendOutcome,
  saveEntry,
  settleEntry,
  whenSaved,
} from "./outbox-entries.ts";
import { inTurn } from "./tab-turns.ts";

/** A live socket that has not acknowledged a message by then has probably lost it: ask over HTTP. */
const ACK_PATIENCE_MS = 10_000;
/** After so many sends that ended with the socket, the message itself may be what ends it. */
const SOCKET_TRIES_MAX = 2;

/** Conversations whose entries are being sent. One by one, so that a person's own order is kept. */
const sending = new Set<string>();
const naps = new Naps();
let lastMinted = 0;

/** Puts a message on the screen, on disk and on its way. It stays in the outbox until the server has stored or refused it. */
export function enqueue(conversationId: string, content: string): void {
  const { me } = useSession.getState();
  if (me === null) return;
  // Within one millisecond ids are in no order, and they must rise: entries are sent, and shown, in order of id.
  lastMinted = Math.max(Date.now(), lastMinted + 1);
  const body = { id: newId(lastMinted), content, sent_from_client: new Date().toISOString() };
  const parsed = createMessageBodySchema.safeParse(body);
  // What the schema refuses the server would refuse too, and an oversized frame would end the connection.
  const failure = parsed.success ? null : sentenceOfFirst(parsed.error.issues);
  const entry = { ...body, user_id: me.id, conversation_id: conversationId, failure };
  show(entry, me);
  void saveEntry(entry).then(() => sendWaiting(conversationId));
}

export function retryEntry(id: string): void {
  const entry = findEntry(id);
  if (entry === undefined || entry.failure === null) return;
  const retried = { ...entry, failure: null };
  showEntry(retried);
  void saveEntry(retried).then(() => sendWaiting(entry.conversation_id));
}

/** Gives a refused message up. One that is on its way cannot be called back. */
export function discardEntry(id: string): void {
  const entry = findEntry(id);
  if (entry === undefined || entry.failure === null) return;
  void deleteEntry(id);
  useMessages.setState((state) => removeUnsentRow(state, entry.conversation_id, id));
}

/** Brings back the rows of an earlier page of this person, and sends what is still to be sent. */
export async function restoreOutbox(me: Me): Promise<void> {
  const signal = lifetime();
  await readStoredEntries(me.id);
  if (signal.aborted) return;
  for (const entry of entriesOf(me.id)) show(entry, me);
  sendAllWaiting();
}

/**
 * Sends everything waiting now. What is under way is asked again: after a reconnect nobody knows what became of it,
 * and the id makes a second send harmless.
 */
export function sendAllWaiting(): void {
  const { me } = useSession.getState();
  if (me === null) return;
  interruptSends();
  naps.wakeAll();
  for (const { conversation_id } of entriesOf(me.id)) sendWaiting(conversation_id);
}

export function stopSending(): void {
  sending.clear();
  interruptSends();
  naps.wakeAll();
}

export function countEntries(userId: string): number {
  return entriesOf(userId).length;
}

export async function deleteEntriesOf(userId: string): Promise<void> {
  await Promise.all(entriesOf(userId).map((entry) => deleteEntry(entry.id)));
}

/** Sends what waits in a conversation, unless that is being done. */
export function sendWaiting(conversationId: string): void {
  if (sending.has(conversationId)) return;
  sending.add(conversationId);
  void sendInOrder(conversationId, lifetime());
}

async function sendInOrder(conversationId: string, signal: AbortSignal): Promise<void> {
  let failures = 0;
  let lostSends = 0;
  for (let entry = nextOf(conversationId); entry !== undefined; entry = nextOf(conversationId)) {
    await whenSaved(entry.id);
    if (signal.aborted) return;
    const { outcome, bySocket } = await transmitInTurn(entry, lostSends < SOCKET_TRIES_MAX, signal);
    if (signal.aborted) return;
    if (outcome.kind === "refused") await markFailed(entry, outcome.sentence);
    const isLater = outcome.kind === "later";
    lostSends = isLater ? lostSends + (bySocket ? 1 : 0) : 0;
    failures = isLater && outcome.afterMs > 0 ? failures + 1 : 0;
    if (isLater && failures > 0) await naps.sleep(conversationId, Math.max(outcome.afterMs, backoffMs(failures)));
    if (signal.aborted) return;
  }
  // In the same breath as the last look for entries, so that none can slip in between.
  sending.delete(conversationId);
}

function nextOf(conversationId: string): OutboxEntry | undefined {
  const { me } = useSession.getState();
  if (me === null) return undefined;
  return entriesOf(me.id).find((entry) => entry.conversation_id === conversationId && entry.failure === null);
}

interface Sent {
  outcome: SendOutcome;
  bySocket: boolean;
}

/** Another tab of this person may be sending the same: after it there may be nothing left to do. */
function transmitInTurn(entry: OutboxEntry, mayUseSocket: boolean, signal: AbortSignal): Promise<Sent> {
  const { id, user_id, conversation_id } = entry;
  return inTurn(`confab.outbox.${user_id}.${conversation_id}`, async () => {
    if (signal.aborted || findEntry(id) === undefined) return { outcome: { kind: "acked" }, bySocket: false };
    return transmit(entry, mayUseSocket, signal);
  });
}

async function transmit(entry: OutboxEntry, mayUseSocket: boolean, signal: AbortSignal): Promise<Sent> {
  const { id, content, sent_from_client, conversation_id } = entry;
  const answer = awaitAnswer(id);
  const bySocket =
    mayUseSocket && sendCommand({ type: "message.create", id, content, sent_from_client, conversation_id });
  const timer = setTimeout(() => void post(entry, signal), bySocket ? ACK_PATIENCE_MS : 0);
  const outcome = await answer;
  clearTimeout(timer);
  return { outcome, bySocket };
}

async function post(entry: OutboxEntry, signal: AbortSignal): Promise<void> {
  const { id, content, sent_from_client, conversation_id, user_id } = entry;
  if (!ownsCookie(user_id)) return answerSend(id, { kind: "later", afterMs: ACK_PATIENCE_MS });
  try {
    const message = await api.createMessage(conversation_id, { id, content, sent_from_client });
    if (signal.aborted) settleEntry(message);
    else applyEvent({ type: "message.acked", message });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    refuseSend(id, error.status, error.message, error.retryAfterMs);
  }
}

async function markFailed(entry: OutboxEntry, failure: string): Promise<void> {
  // Given up meanwhile, because its conversation was left: it must not come back as a failure.
  if (findEntry(entry.id) === undefined) return;
  const failed = { ...entry, failure };
  showEntry(failed);
  await saveEntry(failed);
}

/** Shows an entry as it is now, to whoever is signed in: its writer. */
export function showEntry(entry: OutboxEntry): void {
  const { me } = useSession.getState();
  if (me !== null) show(entry, me);
}

function show(entry: OutboxEntry, me: Me): void {
  const { id, conversation_id, content, sent_from_client, failure } = entry;
  const row: MessageRow = {
    id,
    conversation_id,
    seq: null,
    revision: 0,
    sender: { id: me.id, username: me.username, role: me.role },
    content,
    sent_from_client,
    sent_from_server: null,
    edited_at: null,
    deleted_at: null,
    status: failure === null ? "sending" : "failed",
    failure,
  };
  useMessages.setState((state) => putUnsentRow(state, row));
}

function sentenceOfFirst(issues: readonly { message: string }[]): string {
  return `This message ${issues[0]?.message ?? "cannot be sent"}.`;
}
