import type { Person } from "@confab/shared/users";
import { expect, onTestFinished, vi } from "vitest";
import { asMe } from "./people.ts";

async function importPage() {
  const [live, send, retry, discard, open, read, typing, leave, messages, conversations, connection, session, drafts] =
    await Promise.all([
      import("../src/realtime/live.ts"),
      import("../src/features/messages/send-message.ts"),
      import("../src/features/messages/retry-message.ts"),
      import("../src/features/messages/discard-message.ts"),
      import("../src/features/conversations/open-conversation.ts"),
      import("../src/features/conversations/mark-read.ts"),
      import("../src/features/typing/announce-typing.ts"),
      import("../src/features/auth/sign-out.ts"),
      import("../src/stores/messages.store.ts"),
      import("../src/stores/conversations.store.ts"),
      import("../src/stores/connection.store.ts"),
      import("../src/stores/session.store.ts"),
      import("../src/stores/drafts.store.ts"),
    ]);
  return {
    ...live,
    ...send,
    ...retry,
    ...discard,
    ...open,
    ...read,
    ...typing,
    ...leave,
    ...messages,
    ...conversations,
    ...connection,
    ...session,
    ...drafts,
  };
}

export type Page = Awaited<ReturnType<typeof importPage>>;

/**
 * A page of this browser as it is after loading: modules of its own, nothing in memory. Several are several tabs, and
 * closing one and opening another is a reload. Storage is the browser's and stays.
 */
export async function openPage(person: Person): Promise<Page> {
  vi.resetModules();
  const page = await importPage();
  page.setSignedIn(asMe(person));
  page.startLive();
  onTestFinished(() => page.stopLive());
  return page;
}

export async function isLive(page: Page): Promise<void> {
  await vi.waitFor(() => expect(page.useConnection.getState().state).toBe("live"));
}

/** The same with a connection, and a conversation open in it. */
export async function openLivePage(person: Person, conversationId: string): Promise<Page> {
  const page = await openPage(person);
  await isLive(page);
  await page.openConversation(conversationId);
  return page;
}

/** What a person sees of a conversation on that page: each row's content, with a mark on what is not sent. */
export function shownOn(page: Page, conversationId: string): string[] {
  const marks = { sent: "", sending: " …", failed: " !" };
  return (page.useMessages.getState().windows[conversationId]?.rows ?? []).map(
    (row) => row.content + marks[row.status],
  );
}
