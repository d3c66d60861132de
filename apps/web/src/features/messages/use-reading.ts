import type { Conversation } from "@confab/shared/conversations";
import { useEffect, useState } from "react";
import type { MessageWindow } from "../../stores/messages.store.ts";
import { useAttention } from "./use-attention.ts";

interface Reading {
  conversation: Conversation;
  window: MessageWindow;
  atEnd: boolean;
  myId: string | undefined;
  onRead: (seq: number) => void;
}

/** Says what has been read while somebody looks at the newest messages, and counts what came while they did not. */
export function useReading({ conversation, window, atEnd, myId, onRead }: Reading): number {
  // Not before the window is open: until then the line before the new messages is not drawn, and reading would erase it.
  const isLooking = useAttention() && atEnd && window.reaches_newest && window.is_open;
  const newestSeq = window.rows.findLast((row) => row.seq !== null)?.seq ?? 0;
  const [seenSeq, setSeenSeq] = useState(newestSeq);

  useEffect(() => {
    if (atEnd && window.reaches_newest) setSeenSeq((seen) => Math.max(seen, newestSeq));
  }, [atEnd, window.reaches_newest, newestSeq]);

  const isMember = conversation.role !== null;
  const isBehind = newestSeq > conversation.read_seq;
  useEffect(() => {
    if (isLooking && isMember && isBehind) onRead(newestSeq);
  }, [isLooking, isMember, isBehind, newestSeq, onRead]);

  if (atEnd && window.reaches_newest) return 0;
  const held = window.rows.filter((row) => row.seq !== null && row.seq > seenSeq && row.sender.id !== myId).length;
  return held + Math.max(0, window.newest_seq - Math.max(newestSeq, seenSeq));
}
