import { conversationAnswerSchema, listConversationsAnswerSchema } from "@confab/shared/conversations";
import { newId } from "@confab/shared/ids";
import { inviteAnswerSchema } from "@confab/shared/invites";
import type { Person } from "./fixtures.ts";

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

/**
 * Fills a conversation with history: the person says `1` to `count` over one socket, as fast as the server confirms.
 * Runs in a page of its own on an address without the app, which would draw every message.
 */
export async function floodConversation(person: Person, conversationId: string, count: number): Promise<void> {
  const page = await person.context.newPage();
  await page.goto("/healthz");
  const ids = Array.from({ length: count }, () => newId());
  await page.evaluate(
    ([conversation_id, messageIds]) =>
      new Promise<void>((resolve, reject) => {
        const socket = new WebSocket(`ws://${window.location.host}/ws`);
        let sent = 0;
        let acked = 0;
        const sendMore = () => {
          for (; sent < messageIds.length && sent - acked < 500; sent += 1) {
            const content = `Entry ${sent + 1} ${"and so on ".repeat(sent % 7)}`;
            socket.send(JSON.stringify({ type: "message.create", conversation_id, id: messageIds[sent], content }));
          }
        };
        socket.onmessage = ({ data }) => {
          const event = JSON.parse(String(data));
          if (event.type === "error") reject(new Error(String(data)));
          if (event.type === "message.acked") acked += 1;
          if (acked === messageIds.length) resolve();
          else if (event.type === "ready" || event.type === "message.acked") sendMore();
        };
        socket.onclose = ({ code }) => reject(new Error(`The socket was closed (${code}) after ${acked} messages.`));
      }),
    [conversationId, ids] as const,
  );
  await page.close();
}

/** A link into a conversation, made by somebody who may: its address on this server, and where it is taken back. */
export async function createInvite(
  person: Person,
  conversationId: string,
): Promise<{ link: string; resource: string }> {
  const invites = `/api/v1/conversations/${conversationId}/invites`;
  const answer = await person.context.request.post(invites, { data: {} });
  if (!answer.ok()) throw new Error(`The link was not created: ${answer.status()} ${await answer.text()}`);
  const { id, token } = inviteAnswerSchema.parse(await answer.json()).invite;
  return { link: `/join#${token}`, resource: `${invites}/${id}` };
}
