import type { Message, MessagesPage } from "@confab/shared/messages";
import { applyPage, upsertMessages, useMessages } from "../stores/messages.store.ts";
import { upsertPeople, useUsers } from "../stores/users.store.ts";
import { settleEntry } from "./outbox-entries.ts";

function note(messages: readonly Message[]): void {
  useUsers.setState((state) =>
    upsertPeople(
      state,
      messages.map((message) => message.sender),
    ),
  );
  // Whatever brought it: a message that is back from the server has been stored and need not be sent again.
  for (const message of messages) settleEntry(message);
}

/** Where messages of the server enter, however they came. */
export function takeMessages(conversationId: string, messages: readonly Message[]): void {
  note(messages);
  useMessages.setState((state) => upsertMessages(state, conversationId, messages));
}

/** The same for the answer to a load, which also says how far it reaches. */
export function takePage(conversationId: string, load: Parameters<typeof applyPage>[2], page: MessagesPage): void {
  note(page.messages);
  useMessages.setState((state) => applyPage(state, conversationId, load, page));
}
