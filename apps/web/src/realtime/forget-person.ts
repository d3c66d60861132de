import { deleteDrafts } from "../stores/drafts.store.ts";
import { deleteEntriesOf } from "./outbox.ts";

/** Removes a person's unsent messages and drafts from this browser, so that nobody after them can read any. */
export async function forgetPerson(userId: string): Promise<void> {
  deleteDrafts(userId);
  await deleteEntriesOf(userId);
}
