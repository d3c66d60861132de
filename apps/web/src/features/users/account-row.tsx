import type { Account } from "@confab/shared/accounts";
import { formatDate, formatDistance, formatFull } from "../../lib/time.ts";
import { badgeOf } from "../../lib/titles.ts";
import { usePresence } from "../../stores/presence.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Badge, NameWithBadge } from "../../ui/badge.tsx";
import { Cell } from "../../ui/table.tsx";
import { AccountActions } from "./account-actions.tsx";
import { isGone } from "./account-acts.ts";

const ROLES = { admin: "Administrator", user: "User", guest: "Guest" };

function Moment({ at, children }: { at: string; children: string }) {
  return (
    <time dateTime={at} title={formatFull(at)} className="whitespace-nowrap">
      {children}
    </time>
  );
}

/** Whether it is worth saying until when somebody stays. */
function isVisiting(account: Account): account is Account & { expires_at: string } {
  return account.expires_at !== null && account.deactivated_at === null;
}

/** "leaves in 5 hours", for guests. */
function Leaving({ account }: { account: Account }) {
  if (!isVisiting(account)) return null;
  if (isGone(account)) return <Moment at={account.expires_at}>has left</Moment>;
  return <Moment at={account.expires_at}>{`leaves ${formatDistance(account.expires_at)}`}</Moment>;
}

function LastActive({ account, online }: { account: Account; online: boolean }) {
  if (online) return "Online";
  if (account.last_used_at === null) return "Signed out";
  const distance = formatDistance(account.last_used_at);
  return <Moment at={account.last_used_at}>{distance === "now" ? "Just now" : distance}</Moment>;
}

function Role({ role }: { role: Account["role"] }) {
  return role === "admin" ? <Badge tone="accent">{ROLES.admin}</Badge> : ROLES[role];
}

export function AccountRow({ account }: { account: Account }) {
  const online = usePresence((state) => state.online[account.id] === true) && account.deactivated_at === null;
  return (
    <tr className="transition-colors hover:bg-hover max-sm:first:border-t-0">
      <Cell main>
        <div className="flex items-center gap-3">
          <Avatar seed={account.id} name={account.username} online={online} />
          <div className="min-w-0">
            <div className="flex items-center gap-1.5">
              <NameWithBadge name={account.username} badge={badgeOf(account)} className="font-medium" />
              {account.deactivated_at !== null && <Badge>Deactivated</Badge>}
            </div>
            {account.email !== null && <p className="truncate text-sm text-ink-muted">{account.email}</p>}
            <p className="text-sm text-ink-muted sm:hidden">
              {account.role === "admin" && `${ROLES.admin} · `}
              <LastActive account={account} online={online} />
              {isVisiting(account) && " · "}
              <Leaving account={account} />
            </p>
          </div>
        </div>
      </Cell>
      <Cell narrowHidden>
        <div className="flex whitespace-nowrap text-ink-soft">
          <Role role={account.role} />
        </div>
        <div className="text-sm text-ink-muted empty:hidden">
          <Leaving account={account} />
        </div>
      </Cell>
      <Cell narrowHidden>
        <span className="whitespace-nowrap text-ink-soft">
          <LastActive account={account} online={online} />
        </span>
      </Cell>
      <Cell narrowHidden>
        <span className="text-ink-soft">
          <Moment at={account.created_at}>{formatDate(account.created_at)}</Moment>
        </span>
      </Cell>
      <Cell>
        <div className="-my-1 flex justify-end">
          <AccountActions account={account} />
        </div>
      </Cell>
    </tr>
  );
}
