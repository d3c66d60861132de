import { idSchema } from "@confab/shared/ids";
import { type Message, messageSchema } from "@confab/shared/messages";
import { z } from "zod";
import { removeUnsentRow, useMessages } from "../stores/messages.store.ts";
import { sendWaiting, showEntry } from "./outbox.ts";
import { entrySchema, findEntry, forgetEntry, holdEntry, type OutboxEntry } from "./outbox-entries.ts";
import { joinTabs, leaveTabs } from "./tab-channel.ts";
import { takeMessages } from "./take-messages.ts";

/** What the tab that wrote a message has not got through by then is sent by this one too: that tab may be closed. */
const ADOPT_AFTER_MS = 5_000;

/** Said by `outbox-entries` as it happens. A tab may still run an older or a newer page than this one. */
const wordSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("kept"), entry: entrySchema }),
  z.object({ kind: z.literal("dropped"), id: idSchema }),
  z.object({ kind: z.literal("stored"), message: messageSchema }),
]);

const adoptions = new Set<ReturnType<typeof setTimeout>>();

/** From now on what this person writes, discards or gets through in another tab is seen in this one. */
export function shareOutbox(userId: string): void {
  joinTabs(userId, (word) => {
    const { data } = wordSchema.safeParse(word);
    if (data?.kind === "kept" && data.entry.user_id === userId) takeKept(data.entry);
    if (data?.kind === "dropped") takeDropped(data.id);
    if (data?.kind === "stored") takeStored(data.message);
  });
}

export function stopSharing(): void {
  leaveTabs();
  for (const timer of adoptions) clearTimeout(timer);
  adoptions.clear();
}

function takeKept(entry: OutboxEntry): void {
  holdEntry(entry);
  showEntry(entry);
  if (entry.failure !== null) return;
  const timer = setTimeout(() => {
    adoptions.delete(timer);
    sendWaiting(entry.conversation_id);
  }, ADOPT_AFTER_MS);
  adoptions.add(timer);
}

function takeDropped(id: string): void {
  const entry = findEntry(id);
  if (entry === undefined) return;
  forgetEntry(id);
  useMessages.setState((state) => removeUnsentRow(state, entry.conversation_id, id));
}

/** The one way in for messages again: an event of this tab's own may have been here before, or come later. */
function takeStored(message: Message): void {
  forgetEntry(message.id);
  takeMessages(message.conversation_id, [message]);
}
