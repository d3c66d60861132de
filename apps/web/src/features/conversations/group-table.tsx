import type { Conversation } from "@confab/shared/conversations";
import { UsersRound } from "lucide-react";
import { Link } from "react-router";
import { paths } from "../../lib/paths.ts";
import { formatDay, formatFull } from "../../lib/time.ts";
import { titleOf } from "../../lib/titles.ts";
import { Badge } from "../../ui/badge.tsx";
import { ButtonLink } from "../../ui/button.tsx";
import { Card } from "../../ui/page.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { Cell, HeadCell, Table } from "../../ui/table.tsx";
import { useAllConversations } from "./use-all-conversations.ts";

function GroupRow({ group }: { group: Conversation }) {
  return (
    <tr className="transition-colors hover:bg-hover">
      <Cell main>
        <div className="flex items-center gap-2">
          <Link
            to={paths.conversation(group.id)}
            className="min-w-0 rounded-sm font-medium wrap-anywhere underline-offset-4 hover:underline"
          >
            {titleOf(group)}
          </Link>
          {group.role === null && <Badge>Not a member</Badge>}
        </div>
        {group.description && <p className="line-clamp-2 text-sm wrap-anywhere text-ink-muted">{group.description}</p>}
      </Cell>
      <Cell numeric>{group.member_count.toLocaleString("en")}</Cell>
      <Cell narrowHidden>
        <time dateTime={group.created_at} title={formatFull(group.created_at)} className="whitespace-nowrap">
          {formatDay(group.created_at)}
        </time>
      </Cell>
      <Cell>
        <div className="flex justify-end">
          <ButtonLink to={paths.chat(group.id)} size="small" aria-label={`Open ${titleOf(group)}`}>
            Open
          </ButtonLink>
        </div>
      </Cell>
    </tr>
  );
}

/** Every group of the workspace, for administrators. */
export function GroupTable() {
  const everything = useAllConversations();
  const groups = everything.data?.filter((conversation) => conversation.kind === "group");
  if (everything.isError) return <ErrorState message={everything.error.message} onRetry={() => everything.refetch()} />;
  return (
    <Card>
      {groups === undefined && <SkeletonRows count={4} label="Loading groups" />}
      {groups?.length === 0 && (
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
      )}
      {groups !== undefined && groups.length > 0 && (
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
      )}
    </Card>
  );
}
