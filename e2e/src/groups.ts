import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { conversationAnswerSchema, listConversationsAnswerSchema } from "@confab/shared/conversations";
import type { Person } from "./fixtures.ts";
import type { Server } from "./server.ts";

/** What is made ready before people look at it, by the ways that other programs have too. */

/** The administrator makes a group of themself and the given people; its id. */
export async function createGroup(admin: Person, name: string, members: Person[]): Promise<string> {
  const answer = await admin.context.request.post("/api/v1/conversations", {
    data: { kind: "group", name, member_ids: members.map(({ id }) => id) },
  });
  if (answer.status() !== 201) throw new Error(`The group was not created: ${answer.status()} ${await answer.text()}`);
  return conversationAnswerSchema.parse(await answer.json()).conversation.id;
}

export async function idOfGeneral(person: Person): Promise<string> {
  const answer = await person.context.request.get("/api/v1/conversations");
  const { conversations } = listConversationsAnswerSchema.parse(await answer.json());
  const general = conversations.find(({ name }) => name === "General");
  if (!general) throw new Error(`${person.name} is not in General.`);
  return general.id;
}

/** Fills a conversation with history, straight into the database: nobody types 20,000 messages. */
export async function floodConversation(server: Server, conversationId: string, count: number): Promise<void> {
  const root = path.resolve(import.meta.dirname, "../..");
  const parameters = ["apps/api/src/cli/flood-conversation.ts", conversationId, String(count)];
  await promisify(execFile)(process.execPath, parameters, { cwd: root, env: server.env });
}
