import type { Conversation, MemberRole } from "@confab/shared/conversations";
import type { Role } from "@confab/shared/users";
import type { Principal } from "../../plugins/session.ts";
import { type MessageRow, presentMessage } from "../messages/messages.present.ts";

/** A conversation as one person sees it, without its last message. */
export interface ConversationRow {
  c_id: string;
  kind: "direct" | "group";
  name: string | null;
  description: string | null;
  owner_id: string | null;
  created_at: Date;
  updated_at: Date;
  last_seq: number;
  c_revision: number;
  member_version: number;
  member_count: number;
  archived_at: Date | null;
  joined_by_everyone: boolean;
  member_role: MemberRole | null;
  read_seq: number | null;
  uncounted: number | null;
  other_id: string | null;
  other_username: string | null;
  other_role: Role | null;
}

/** With the last message's columns, all null where there is none. */
export type ConversationWithMessageRow = ConversationRow & { [Column in keyof MessageRow]: MessageRow[Column] | null };

export type Viewer = Pick<Principal, "user_id" | "role">;

/** What the viewer may do, so that no client repeats the rules. The services ask the database again. */
function rightsIn(row: ConversationRow, viewer: Viewer): Conversation["can"] {
  const isMember = row.member_role !== null;
  const isGroup = row.kind === "group";
  const manage = isGroup && (row.member_role === "owner" || viewer.role === "admin");
  const keep = isGroup && (row.owner_id === viewer.user_id || viewer.role === "admin");
  const isOpen = isGroup && !row.joined_by_everyone;
  return {
    send: isMember && row.archived_at === null,
    manage,
    change_members: manage && isOpen && row.archived_at === null,
    archive: manage && isOpen,
    transfer: keep,
    delete: keep && isOpen,
    leave: isMember && isOpen,
    list_visits: isGroup ? row.member_role === "owner" : isMember,
  };
}

export function presentConversation(row: ConversationWithMessageRow, viewer: Viewer): Conversation {
  const readSeq = row.read_seq ?? row.last_seq;
  return {
    id: row.c_id,
    kind: row.kind,
    name: row.name,
    description: row.description,
    owner_id: row.owner_id,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    last_seq: row.last_seq,
    revision: row.c_revision,
    member_version: row.member_version,
    member_count: row.member_count,
    archived_at: row.archived_at?.toISOString() ?? null,
    joined_by_everyone: row.joined_by_everyone,
    // From outside nobody sees what was written without leaving a trace, and lists leave none.
    last_message: row.id === null || row.member_role === null ? null : presentMessage(row as MessageRow),
    other:
      row.other_id === null
        ? null
        : { id: row.other_id, username: row.other_username ?? "", role: row.other_role ?? "user" },
    role: row.member_role,
    read_seq: readSeq,
    unread: row.last_seq - readSeq - (row.uncounted ?? 0),
    can: rightsIn(row, viewer),
  };
}
