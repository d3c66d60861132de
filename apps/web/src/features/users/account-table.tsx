import type { Account } from "@confab/shared/accounts";
import { UserSearch } from "lucide-react";
import { useState } from "react";
import { formatDay, formatFull } from "../../lib/time.ts";
import { badgeOf } from "../../lib/titles.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Badge, NameWithBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/page.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { Cell, HeadCell, Table } from "../../ui/table.tsx";
import { useAccounts } from "./use-accounts.ts";

const ROLES = { admin: "Administrator", user: "User", guest: "Guest" };

function AccountRow({ account }: { account: Account }) {
  return (
    <tr className="transition-colors hover:bg-hover">
      <Cell main>
        <div className="flex items-center gap-3">
          <Avatar seed={account.id} name={account.username} />
          <div className="min-w-0">
            <div className="flex items-center gap-1.5">
              <NameWithBadge name={account.username} badge={badgeOf(account)} className="font-medium" />
              {account.deactivated_at !== null && <Badge>Deactivated</Badge>}
            </div>
            <p className="text-sm break-all text-ink-muted">{account.email ?? "No e-mail"}</p>
          </div>
        </div>
      </Cell>
      <Cell>
        {account.role === "admin" ? (
          <Badge tone="accent">{ROLES.admin}</Badge>
        ) : (
          <span className="text-ink-soft">{ROLES[account.role]}</span>
        )}
      </Cell>
      <Cell narrowHidden>
        <time dateTime={account.created_at} title={formatFull(account.created_at)} className="whitespace-nowrap">
          {formatDay(account.created_at)}
        </time>
        {account.expires_at !== null && (
          <p className="text-sm whitespace-nowrap text-ink-muted">
            until{" "}
            <time dateTime={account.expires_at} title={formatFull(account.expires_at)}>
              {formatDay(account.expires_at)}
            </time>
          </p>
        )}
      </Cell>
    </tr>
  );
}

/** Everyone who has an account or visits as a guest, for administrators. */
export function AccountTable() {
  const [typed, setTyped] = useState("");
  const accounts = useAccounts(typed);
  return (
    <div className="flex flex-col gap-4">
      <SearchField label="Search users" value={typed} onValueChange={setTyped} className="max-w-sm" />
      {accounts.isError ? (
        <ErrorState message={accounts.error.message} onRetry={() => accounts.refetch()} />
      ) : (
        <Card>
          {accounts.data === undefined && <SkeletonRows count={6} label="Loading users" />}
          {accounts.data?.length === 0 && (
            <EmptyState icon={UserSearch} title={typed === "" ? "Nobody else is here yet" : "Nobody found"}>
              {typed === ""
                ? "Share the address of this page: people can register or come in as guests."
                : "Check the spelling of the name."}
            </EmptyState>
          )}
          {accounts.data !== undefined && accounts.data.length > 0 && (
            <Table label="Users">
              <thead>
                <tr>
                  <HeadCell main>Name</HeadCell>
                  <HeadCell>Role</HeadCell>
                  <HeadCell narrowHidden>Since</HeadCell>
                </tr>
              </thead>
              <tbody>
                {accounts.data.map((account) => (
                  <AccountRow key={account.id} account={account} />
                ))}
              </tbody>
            </Table>
          )}
        </Card>
      )}
      {accounts.hasNextPage && (
        <Button look="quiet" size="small" busy={accounts.isFetchingNextPage} onClick={() => accounts.fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  );
}
