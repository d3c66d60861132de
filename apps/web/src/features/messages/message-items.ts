import { isSameDay } from "../../lib/time.ts";
import type { MessageRow, MessageWindow } from "../../stores/messages.store.ts";

/** Messages of one author that follow each other closer than this stand under one name. */
const GROUP_MS = 5 * 60_000;

export interface MessageItem {
  kind: "message";
  key: string;
  row: MessageRow;
  /** Shows the author: not a direct continuation of the message above. */
  isHead: boolean;
  /** The day that begins here. */
  day: string | null;
  /** The line "new messages" stands above. */
  isFirstNew: boolean;
}

export type ListItem = MessageItem | { kind: "beginning"; key: string };

export function momentOf(row: MessageRow): string {
  return row.sent_from_server ?? row.sent_from_client;
}

function continues(previous: MessageRow, row: MessageRow): boolean {
  if (previous.sender.id !== row.sender.id) return false;
  return Math.abs(Date.parse(momentOf(row)) - Date.parse(momentOf(previous))) < GROUP_MS;
}

/** The rows of a window with what stands between them. Keys are the messages' own ids, so no row is ever remounted. */
export function itemsOf(
  window: Pick<MessageWindow, "rows" | "reaches_oldest" | "divider_after_seq">,
  myId: string | undefined,
): ListItem[] {
  const { rows, reaches_oldest, divider_after_seq } = window;
  const items: ListItem[] = reaches_oldest ? [{ kind: "beginning", key: "beginning" }] : [];
  let isDividerDrawn = divider_after_seq === null;
  rows.forEach((row, index) => {
    const previous = rows[index - 1];
    // With older messages still to come nobody knows yet whether a day begins at the first one held.
    const beginsDay = previous === undefined ? reaches_oldest : !isSameDay(momentOf(previous), momentOf(row));
    const isFirstNew =
      !isDividerDrawn && row.seq !== null && row.seq > (divider_after_seq ?? 0) && row.sender.id !== myId;
    if (isFirstNew) isDividerDrawn = true;
    const isHead = previous === undefined || beginsDay || isFirstNew || !continues(previous, row);
    items.push({ kind: "message", key: row.id, row, isHead, day: beginsDay ? momentOf(row) : null, isFirstNew });
  });
  return items;
}
