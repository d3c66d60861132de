import { UserSearch } from "lucide-react";
import { useState } from "react";
import { Card } from "../../ui/page.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { Select } from "../../ui/select.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { HeadCell, Table } from "../../ui/table.tsx";
import { AccountRow } from "./account-row.tsx";
import { type AccountFilter, useAccounts } from "./use-accounts.ts";

const KINDS = [
  { value: "all", label: "Everybody" },
  { value: "admin", label: "Administrators" },
  { value: "user", label: "Users" },
  { value: "guest", label: "Guests" },
  { value: "deactivated", label: "Deactivated" },
] as const;

const SORTS = [
  { value: "name", label: "By name" },
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
] as const;

const EVERYBODY: AccountFilter = { typed: "", kind: "all", sort: "name" };

function FilterBar({ filter, onChange }: { filter: AccountFilter; onChange: (filter: AccountFilter) => void }) {
  return (
    <div className="grid grid-cols-2 gap-2 sm:grid-cols-[1fr_auto_auto]">
      <SearchField
        label="Search users"
        placeholder="Name or e-mail"
        value={filter.typed}
        onValueChange={(typed) => onChange({ ...filter, typed })}
        className="col-span-2 sm:col-span-1"
      />
      <Select
        bare
        label="Show"
        value={filter.kind}
        choices={KINDS}
        onChoose={(kind) => onChange({ ...filter, kind })}
        className="sm:w-40"
      />
      <Select
        bare
        label="Sort"
        value={filter.sort}
        choices={SORTS}
        onChoose={(sort) => onChange({ ...filter, sort })}
        className="sm:w-36"
      />
    </div>
  );
}

function NoAccounts({ filter }: { filter: AccountFilter }) {
  if (filter.typed.trim() !== "" || filter.kind !== "all")
    return (
      <EmptyState icon={UserSearch} title="Nobody found">
        Check the spelling, or show everybody.
      </EmptyState>
    );
  return (
    <EmptyState icon={UserSearch} title="Nobody else is here yet">
      Create a user, or share the address of this page: people can register or come in as guests.
    </EmptyState>
  );
}

/** Everyone who has an account or visits as a guest, for administrators. */
export function AccountTable() {
  const [filter, setFilter] = useState(EVERYBODY);
  const accounts = useAccounts(filter);
  return (
    <div className="flex flex-col gap-4">
      <FilterBar filter={filter} onChange={setFilter} />
      {accounts.isError ? (
        <ErrorState message={accounts.error.message} onRetry={() => accounts.refetch()} />
      ) : (
        <Card>
          {accounts.data === undefined && <SkeletonRows count={6} label="Loading users" />}
          {accounts.data?.length === 0 && <NoAccounts filter={filter} />}
          {accounts.data !== undefined && accounts.data.length > 0 && (
            <Table label="Users">
              <thead className="max-sm:sr-only">
                <tr>
                  <HeadCell main>Name</HeadCell>
                  <HeadCell narrowHidden>Role</HeadCell>
                  <HeadCell narrowHidden>
                    <span className="whitespace-nowrap">Last active</span>
                  </HeadCell>
                  <HeadCell narrowHidden>Since</HeadCell>
                  <HeadCell>
                    <span className="sr-only">Actions</span>
                  </HeadCell>
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
      <ShowMore list={accounts} />
    </div>
  );
}
