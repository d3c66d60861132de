import { useConnection } from "./connection.store.ts";
import { useConversations } from "./conversations.store.ts";
import { useDrafts } from "./drafts.store.ts";
import { useMessages } from "./messages.store.ts";
import { usePresence } from "./presence.store.ts";
import { useSession } from "./session.store.ts";
import { useTheme } from "./theme.store.ts";
import { useUsers } from "./users.store.ts";

/** Forgets everything that belongs to one person's session; nothing of it may show when somebody else signs in. */
export function resetPersonalStores(): void {
  restart(useConversations);
  restart(useDrafts);
  restart(useMessages);
  restart(usePresence);
  restart(useUsers);
}

/** Every store as it was when the page was loaded. */
export function resetStores(): void {
  resetPersonalStores();
  restart(useConnection);
  restart(useSession);
  useTheme.setState({ theme: "system" });
}

function restart<State>(store: { setState(state: State, replace: true): void; getInitialState(): State }): void {
  store.setState(store.getInitialState(), true);
}
