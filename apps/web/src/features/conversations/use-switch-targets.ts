import type { Conversation } from "@confab/shared/conversations";
import type { Person } from "@confab/shared/users";
import { titleOf } from "../../lib/titles.ts";
import { selectSortedConversations, useConversations } from "../../stores/conversations.store.ts";
import { useSession } from "../../stores/session.store.ts";
import { useUsers } from "../../stores/users.store.ts";
import { foldedName } from "./folded-name.ts";
import { usePeople } from "./use-people.ts";

export type SwitchTarget = { key: string; name: string } & (
  | { kind: "conversation"; conversation: Conversation }
  | { kind: "person"; person: Person }
);

const SHOWN_MAX = 12;

/** Names that begin with what is typed come before names that only contain it. */
function rankOf(name: string, typed: string): number {
  const place = foldedName(name).indexOf(typed);
  return place === -1 ? -1 : place === 0 ? 0 : 1;
}

/** Conversations that match what is typed, then people one has no conversation with yet. */
export function useSwitchTargets(typed: string): SwitchTarget[] {
  const conversations = useConversations(selectSortedConversations);
  const maySearch = useSession((state) => state.me?.can.start_direct === true);
  const users = useUsers((state) => state.users);
  const nameOf = (conversation: Conversation) =>
    titleOf(conversation, (conversation.other && users[conversation.other.id]) ?? conversation.other);
  const people = usePeople(typed, maySearch && typed.trim() !== "");
  const wanted = foldedName(typed.trim());
  const known = conversations
    .map((conversation) => ({ conversation, name: nameOf(conversation), rank: rankOf(nameOf(conversation), wanted) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank)
    .map(
      ({ conversation, name }): SwitchTarget => ({ kind: "conversation", key: conversation.id, name, conversation }),
    );
  const partners = new Set(conversations.map((conversation) => conversation.other?.id));
  const others = (wanted === "" ? [] : (people.data ?? []))
    .filter((person) => !partners.has(person.id) && rankOf(person.username, wanted) >= 0)
    .map((person): SwitchTarget => ({ kind: "person", key: person.id, name: person.username, person }));
  return [...known, ...others].slice(0, SHOWN_MAX);
}
