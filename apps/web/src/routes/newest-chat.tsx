import { Navigate } from "react-router";
import { paths } from "../lib/paths.ts";
import { selectSortedConversations, useConversations } from "../stores/conversations.store.ts";

/** Where newcomers land: the conversation that moved last, for them the one everybody is in. */
export function Component() {
  const loaded = useConversations((state) => state.loaded);
  const newest = useConversations(selectSortedConversations)[0];
  if (!loaded) return null;
  return <Navigate replace to={newest === undefined ? paths.conversations : paths.chat(newest.id)} />;
}
