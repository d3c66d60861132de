import type { Conversation } from "@confab/shared/conversations";
import { CONVERSATION_ID } from "./build-message.ts";
import { MEMBER_RIGHTS } from "./rights.ts";

/** A group as an ordinary member sees it. */
export function buildConversation(facts: Partial<Conversation> = {}): Conversation {
  return {
    id: CONVERSATION_ID,
    kind: "group",
    name: "General",
    description: null,
    owner_id: null,
    created_at: "2026-11-22T09:00:00.000Z",
    updated_at: "2026-11-22T09:00:00.000Z",
    last_seq: 10,
    revision: 10,
    member_version: 1,
    member_count: 2,
    archived_at: null,
    joined_by_everyone: false,
    last_message: null,
    other: null,
    role: "member",
    read_seq: 6,
    unread: 4,
    can: MEMBER_RIGHTS,
    ...facts,
  };
}
