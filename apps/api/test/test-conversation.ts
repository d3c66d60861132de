import type { Command } from "@confab/shared/commands";
import type { Conversation } from "@confab/shared/conversations";
import { newId } from "@confab/shared/ids";
import { expect } from "vitest";
import type { Db } from "../src/core/db.ts";
import { type Answer, newGuest, type TestClient } from "./test-client.ts";

export const conversationPath = (id: string, rest = ""): string => `/api/v1/conversations/${id}${rest}`;
export const messagesPath = (conversationId: string): string => conversationPath(conversationId, "/messages");

/** A group made by the administrator, with these people in it besides. */
export async function newGroup(administrator: TestClient, name: string, members: TestClient[]): Promise<string> {
  const member_ids = members.map((member) => member.person.id);
  const made = await administrator.post("/api/v1/conversations", { kind: "group", name, member_ids });
  if (made.status !== 201) throw new Error(`could not create ${name}: ${JSON.stringify(made.body)}`);
  return made.body.conversation.id;
}

/** The group everyone is in, as this person sees it. */
export async function generalOf(client: TestClient): Promise<Conversation> {
  const { body } = await client.get("/api/v1/conversations");
  return body.conversations.find((conversation: Conversation) => conversation.name === "General");
}

/** A guest who came by a link into this group: the one conversation they are in. */
export async function newGuestByLink(owner: TestClient, groupId: string, username: string): Promise<TestClient> {
  const made = await owner.post(`/api/v1/conversations/${groupId}/invites`, {});
  if (made.status !== 201) throw new Error(`could not make a link: ${JSON.stringify(made.body)}`);
  return newGuest(owner.url, username, made.body.invite.token);
}

export function say(client: TestClient, conversationId: string, content: string, id = newId()): Promise<Answer> {
  return client.post(messagesPath(conversationId), { id, content });
}

export function messageCommand(
  conversation_id: string,
  content: string,
  id = newId(),
): Extract<Command, { type: "message.create" }> {
  return { type: "message.create", id, conversation_id, content };
}

/** People straight into the database: for tests of what lies below accounts. */
export async function insertPeople(db: Db, names: string[]): Promise<string[]> {
  const people = names.map((username) => ({
    id: newId(),
    username,
    username_key: username.toLowerCase(),
    role: "user" as const,
  }));
  await db.user.createMany({ data: people });
  return people.map((person) => person.id);
}

export async function insertGroup(db: Db, name: string, userIds: string[]): Promise<string> {
  const id = newId();
  const counts = { revision: 1, member_version: 1, member_count: userIds.length };
  const members = { create: userIds.map((user_id) => ({ user_id })) };
  await db.conversation.create({ data: { id, kind: "group", name, ...counts, members } });
  return id;
}

/** What must be true of every conversation at any moment; gives its messages in order. */
export async function expectGapFree(db: Db, conversationId: string) {
  const conversation = await db.conversation.findUniqueOrThrow({ where: { id: conversationId } });
  const messages = await db.message.findMany({ where: { conversation_id: conversationId }, orderBy: { seq: "asc" } });
  expect(messages.map((message) => message.seq)).toEqual(messages.map((_, index) => index + 1));
  expect(conversation.last_seq).toBe(messages.length);
  const revisions = messages.map((message) => message.revision);
  expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
  expect(conversation.revision).toBeGreaterThanOrEqual(revisions.at(-1) ?? 0);
  expect(new Set(messages.map((message) => message.id)).size).toBe(messages.length);
  return messages;
}
