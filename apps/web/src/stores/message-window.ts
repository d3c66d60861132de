import type { Message, MessagesPage } from "@confab/shared/messages";

/**
 * A message as the screen has it. Its `id` is minted here and stays the same for ever, so the row on the screen is
 * the row in the archive:
 *
 *   sending ──► sent                    the server answered: ack, echo, fetch, whichever comes first
 *     │ ▲
 *     ▼ │ retry
 *   failed ──► (discarded)              the server refused it for good
 */
export interface MessageRow extends Omit<Message, "seq" | "sent_from_server" | "revision"> {
  /** Null, and `revision` 0, until the server has answered. */
  seq: number | null;
  revision: number;
  sent_from_server: string | null;
  status: "sending" | "sent" | "failed";
  failure: string | null;
}

/**
 * The part of one conversation's messages that this page holds, and exactly how much that is.
 * The sent rows are always contiguous in `seq`: what would leave a hole waits in `aside`.
 */
export interface MessageWindow {
  /** Sent rows by `seq`, then the unsent ones by id (ids sort by age). */
  rows: MessageRow[];
  reaches_oldest: boolean;
  reaches_newest: boolean;
  loading: "none" | "opening" | "older" | "newer";
  failure: string | null;
  /** Where the line "new messages" stands while the conversation stays open. */
  divider_after_seq: number | null;
  is_open: boolean;
  /** Every change up to this revision is in `rows`; null while nothing was loaded yet. */
  known_revision: number | null;
  /** The highest `seq` heard of, held or not. */
  newest_seq: number;
  /** Messages heard of that do not touch `rows`. */
  aside: MessageRow[];
  /** Names the present load; an answer to an earlier one is too late and is ignored. */
  load_id: number;
}

/** Which messages a load asks for. */
export type PageKind = "newest" | "around" | "older" | "newer";

/** What stays of a conversation nobody looks at. */
export const CLOSED_ROWS_MAX = 200;
/** As many as a catch-up may bring out of order; more is dropped and shows as not reaching the newest. */
const ASIDE_MAX = 1_000;

export const BLANK_WINDOW: MessageWindow = {
  rows: [],
  reaches_oldest: false,
  reaches_newest: false,
  loading: "none",
  failure: null,
  divider_after_seq: null,
  is_open: false,
  known_revision: null,
  newest_seq: 0,
  aside: [],
  load_id: 0,
};

interface Parts {
  sent: MessageRow[];
  unsent: MessageRow[];
  aside: Map<string, MessageRow>;
}

/**
 * Takes in messages from anywhere. For each id the higher revision stays, so deliveries may come in any order and
 * any number of times and end in the same window.
 */
export function absorb(window: MessageWindow, messages: readonly Message[]): MessageWindow {
  const parts = partsOf(window);
  let { newest_seq } = window;
  let isChanged = false;
  for (const message of messages) {
    if (place(parts, rowOf(message), window.known_revision !== null)) isChanged = true;
    if (message.seq > newest_seq) newest_seq = message.seq;
  }
  if (!isChanged && newest_seq === window.newest_seq) return window;
  return arrange({ ...window, newest_seq }, parts);
}

/**
 * Takes in the answer to a load. `newest` and `around` replace what is held, the latter by messages in the midst of the
 * others; `knownRevision` is what those pages are known complete at.
 */
export function absorbPage(
  window: MessageWindow,
  load: { id: number; kind: PageKind; knownRevision: number },
  page: MessagesPage,
): MessageWindow {
  if (window.load_id !== load.id) return window;
  const done = { ...window, loading: "none" as const, failure: null };
  const parts = partsOf(window);
  const pageEnd = page.messages.at(-1)?.seq ?? 0;
  const first = parts.sent[0]?.seq ?? 1;
  const newest_seq = Math.max(window.newest_seq, page.reaches_newest ? pageEnd : pageEnd + 1);
  if (load.kind === "newest" || load.kind === "around") {
    // Old rows are only compared: outside the page they may be stale. What follows the newest came after it was read.
    const known = [...parts.aside.values(), ...parts.sent.splice(0)];
    parts.aside.clear();
    parts.sent.push(...page.messages.map(rowOf));
    for (const row of known) if (page.reaches_newest || (row.seq ?? 0) <= pageEnd) place(parts, row, true);
    const { reaches_oldest } = page;
    return arrange({ ...done, newest_seq, reaches_oldest, known_revision: load.knownRevision }, parts);
  }
  if (load.kind === "newer") {
    for (const message of page.messages) place(parts, rowOf(message), true);
    return arrange({ ...done, newest_seq }, parts);
  }
  if (page.messages.length > 0 && pageEnd < first - 1) return done;
  const older = page.messages
    .filter((message) => message.seq < first)
    .map((message) => {
      const known = parts.aside.get(message.id);
      return known !== undefined && known.revision > message.revision ? known : rowOf(message);
    });
  parts.sent.unshift(...older);
  return arrange({ ...done, reaches_oldest: page.reaches_oldest }, parts);
}

/** The present load came to nothing. */
export function failLoading(window: MessageWindow, failure: string): MessageWindow {
  return arrange({ ...window, loading: "none", failure }, partsOf(window));
}

/** Adds or changes a row the server has not answered yet; it yields to anything the server said about its id. */
export function putUnsent(window: MessageWindow, row: MessageRow): MessageWindow {
  const parts = partsOf(window);
  if (parts.aside.has(row.id) || parts.sent.some((sent) => sent.id === row.id)) return window;
  const unsent = [...parts.unsent.filter((other) => other.id !== row.id), row];
  unsent.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...window, rows: [...parts.sent, ...unsent] };
}

export function removeUnsent(window: MessageWindow, id: string): MessageWindow {
  return { ...window, rows: window.rows.filter((row) => row.id !== id || row.seq !== null) };
}

/** Hears that the conversation goes on until `seq`, without having the messages. */
export function noteNewest(window: MessageWindow, seq: number): MessageWindow {
  if (seq <= window.newest_seq) return window;
  return { ...window, newest_seq: seq, reaches_newest: false };
}

/** Back to knowing nothing of the server's; what was not sent yet stays, and so does being open. */
export function forgetSent(window: MessageWindow): MessageWindow {
  const { is_open, divider_after_seq, load_id } = window;
  const answered = new Set(window.aside.map((row) => row.id));
  const rows = window.rows.filter((row) => row.seq === null && !answered.has(row.id));
  return { ...BLANK_WINDOW, rows, is_open, divider_after_seq, load_id: load_id + 1 };
}

/** The newest rows only, for a conversation nobody looks at. */
export function trim(window: MessageWindow): MessageWindow {
  const { sent, unsent } = partsOf(window);
  if (sent.length <= CLOSED_ROWS_MAX) return window;
  return { ...window, rows: [...sent.slice(-CLOSED_ROWS_MAX), ...unsent], reaches_oldest: false };
}

export function rowOf(message: Message): MessageRow {
  return { ...message, status: "sent", failure: null };
}

function partsOf(window: MessageWindow): Parts {
  let end = window.rows.length;
  while (end > 0 && window.rows[end - 1]?.seq === null) end -= 1;
  return {
    sent: window.rows.slice(0, end),
    unsent: window.rows.slice(end),
    aside: new Map(window.aside.map((row) => [row.id, row])),
  };
}

/** Puts one row where it belongs; says whether that changed anything. Sent rows are contiguous, so seq is an index. */
function place(parts: Parts, row: MessageRow, isLoaded: boolean): boolean {
  const { sent, aside } = parts;
  const index = (row.seq ?? 0) - (sent[0]?.seq ?? 1);
  if (isLoaded && index === sent.length) {
    const known = aside.get(row.id);
    sent.push(known !== undefined && known.revision > row.revision ? known : row);
    return true;
  }
  const isInside = isLoaded && index >= 0 && index < sent.length;
  const known = isInside ? sent[index] : aside.get(row.id);
  if (known !== undefined && known.revision >= row.revision) return false;
  if (isInside) sent[index] = row;
  else aside.set(row.id, row);
  return true;
}

/** Joins what now touches the rows, decides what is worth holding aside, and says how far the window reaches. */
function arrange(window: MessageWindow, { sent, unsent, aside }: Parts): MessageWindow {
  const isLoaded = window.known_revision !== null;
  const answered = new Set<string>();
  const waiting = [...aside.values()].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  const held: MessageRow[] = [];
  for (const row of waiting) {
    const end = sent.at(-1)?.seq ?? 0;
    if (isLoaded && row.seq === end + 1) sent.push(row);
    // While a page is on its way it may hold an older state of any message; what is known better must not be lost.
    else if (window.loading !== "none" || (isLoaded && (row.seq ?? 0) > end && held.length < ASIDE_MAX)) held.push(row);
    else answered.add(row.id);
  }
  if (unsent.length > 0) for (const row of sent) answered.add(row.id);
  const end = sent.at(-1)?.seq ?? 0;
  const next: MessageWindow = {
    ...window,
    // An unsent row whose answer waits aside stays on the screen until the answer can take its place.
    rows: [...sent, ...unsent.filter((row) => !answered.has(row.id))],
    reaches_newest: isLoaded && end >= window.newest_seq,
    aside: held,
  };
  const isIdle = !window.is_open && window.loading === "none";
  return isIdle && sent.length > CLOSED_ROWS_MAX * 2 ? trim(next) : next;
}
