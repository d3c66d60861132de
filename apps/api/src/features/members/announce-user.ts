import type { Person } from "@confab/shared/users";
import type { Deps } from "../../core/deps.ts";
import type { Audiences } from "./audiences.ts";

/**
 * Tells everyone who shares a conversation with somebody, or did until now (`formerly`), their new name or role. The
 * person's own connections were opened for what the account was before: they are closed, and reconnect at once to be told
 * who they are now.
 */
export async function announceUser(
  deps: Pick<Deps, "hub"> & { audiences: Audiences },
  user: Person,
  formerly: Iterable<string> | null = null,
): Promise<void> {
  deps.hub.disconnect({ userId: user.id }, "account_changed");
  const around = await deps.audiences.around(user.id);
  deps.hub.publish(formerly ? new Set([...formerly, ...around]) : around, { type: "user.updated", user });
}
