import type { Message } from "@confab/shared/messages";
import type { Role } from "@confab/shared/users";
import { sql } from "../../core/db.ts";

export interface MessageRow {
  id: string;
  conversation_id: string;
  seq: number;
  revision: number;
  sender_id: string;
  sender_username: string;
  sender_role: Role;
  content: string;
  sent_from_client: Date;
  sent_from_server: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
}

/** The columns of a MessageRow, from `messages` as x and its sender in `users` as u. */
export const MESSAGE_COLUMNS = sql`x.id, x.conversation_id, x.seq, x.revision, x.sender_id, x.content,
  x.sent_from_client, x.sent_from_server, x.edited_at, x.deleted_at,
  u.username AS sender_username, u.role AS sender_role`;

export function presentMessage(row: MessageRow): Message {
  return {
    id: row.id,
    conversation_id: row.conversation_id,
    seq: row.seq,
    revision: row.revision,
    sender: { id: row.sender_id, username: row.sender_username, role: row.sender_role },
    content: row.content,
    sent_from_client: row.sent_from_client.toISOString(),
    sent_from_server: row.sent_from_server.toISOString(),
    edited_at: row.edited_at?.toISOString() ?? null,
    deleted_at: row.deleted_at?.toISOString() ?? null,
  };
}
