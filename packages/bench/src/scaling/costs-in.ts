import type { Bench } from "../bench.ts";
import { memberOf, type SeededConversation, type SeededPerson } from "../database/seed.ts";
import type { Cost } from "../load/cost-load.ts";
import type { Member } from "../load/target.ts";

const SENDS = 400;
const CONNECTS = 150;

/** What a message costs in a conversation while some of its members listen, and what a connect of the newcomers. */
export function costsIn(
  bench: Bench,
  conversation: SeededConversation,
  listeners: readonly SeededPerson[],
  { newcomers = [], bystanders = [] }: { newcomers?: readonly Member[]; bystanders?: readonly Member[] },
): Promise<{ readonly send: Cost; readonly connect: Cost }> {
  const listening = listeners.map((person) => memberOf(person, conversation));
  const room = { id: conversation.id, members: listening };
  return bench.measure("confab", "costLoad", { room, newcomers, bystanders, sends: SENDS, connects: CONNECTS });
}
