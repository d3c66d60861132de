import { createStore, keys } from "idb-keyval";

/** How many messages this browser has kept on disk, of whomever. */
export async function storedEntries(): Promise<number> {
  return (await keys(createStore("confab", "outbox"))).length;
}
