import type { Conversation } from "@confab/shared/conversations";
import { SearchX, UsersRound } from "lucide-react";
import { useState } from "react";
import { paths } from "../../lib/paths.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { Card } from "../../ui/page.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { Select } from "../../ui/select.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { HeadCell, Table } from "../../ui/table.tsx";
import { GroupRow } from "./group-row.tsx";
import { useGroups } from "./use-groups.ts";

const FILTERS = [
  { value: "active", label: "Active" },
  { value: "archived", label: "Archived" },
] as const;
type Filter = (typeof FILTERS)[number]["value"];

function NoGroups({ filter, typed }: { filter: Filter; typed: string }) {
  if (typed !== "") {
    return (
      <EmptyState icon={SearchX} title="Nothing found">
        No {filter} group has “{typed}” in its name.
      </EmptyState>
    );
  }
  if (filter === "archived") {
    return (
      <EmptyState icon={UsersRound} title="Nothing is archived">
        A group that has done its work can be archived: it stays to be read, and out of the way.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={UsersRound}
      title="No groups yet"
      action={
        <ButtonLink to={paths.createGroup} look="primary" size="small">
          Create a group
        </ButtonLink>
      }
    >
      A group brings several people into one conversation.
    </EmptyState>
  );
}

function Rows({ groups }: { groups: Conversation[] }) {
  return (
    <Table label="Groups">
      <thead>
        <tr>
          <HeadCell main>Name</HeadCell>
          <HeadCell numeric>Members</HeadCell>
          <HeadCell narrowHidden>Created</HeadCell>
          <HeadCell>
            <span className="sr-only">Actions</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <GroupRow key={group.id} group={group} />
        ))}
      </tbody>
    </Table>
  );
}

/** Every group of the workspace, for administrators. */
export function GroupTable() {
  const [typed, setTyped] = useState("");
  const [filter, setFilter] = useState<Filter>("active");
  const groups = useGroups(typed, filter);
  if (groups.isError) return <ErrorState message={groups.error.message} onRetry={() => groups.refetch()} />;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex gap-3">
        <SearchField label="Search groups" value={typed} onValueChange={setTyped} className="min-w-0 flex-1" />
        <Select
          label="Which groups"
          bare
          value={filter}
          choices={FILTERS}
          onChoose={setFilter}
          className="w-32 shrink-0"
        />
      </div>
      <Card>
        {groups.data === undefined && <SkeletonRows count={4} label="Loading groups" />}
        {groups.data?.length === 0 && <NoGroups filter={filter} typed={typed.trim()} />}
        {groups.data !== undefined && groups.data.length > 0 && <Rows groups={groups.data} />}
      </Card>
      <ShowMore list={groups} />
    </div>
  );
}
