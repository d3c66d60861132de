import type { Conversation, Member } from "@confab/shared/conversations";
import { Users } from "lucide-react";
import { formatFull, formatListTime } from "../../lib/time.ts";
import { badgeOf } from "../../lib/titles.ts";
import { useSession } from "../../stores/session.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Badge, NameWithBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { useMembers } from "./use-members.ts";

function MemberRow({ member, online, isMe }: { member: Member; online: boolean; isMe: boolean }) {
  const { user, role, joined_at } = member;
  return (
    <li className="flex items-center gap-3 px-4 py-2">
      <Avatar seed={user.id} name={user.username} online={online} />
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-1.5">
          <NameWithBadge name={user.username} badge={badgeOf(user)} className="font-medium" />
          {isMe && <span className="text-sm text-ink-muted">you</span>}
          {role === "owner" && <Badge tone="accent">Owner</Badge>}
        </div>
        <p className="truncate text-sm text-ink-muted">
          {online ? "Online" : "Offline"} · joined{" "}
          <time dateTime={joined_at} title={formatFull(joined_at)}>
            {formatListTime(joined_at)}
          </time>
        </p>
      </div>
    </li>
  );
}

/** Who is in a conversation, page by page. */
export function MemberList({ conversation }: { conversation: Conversation }) {
  const { query, members, online } = useMembers(conversation);
  const myId = useSession((state) => state.me?.id);
  if (query.isError) return <ErrorState message={query.error.message} onRetry={() => query.refetch()} />;
  if (query.isPending) return <SkeletonRows count={4} label="Loading members" />;
  if (members.length === 0) return <EmptyState icon={Users} title="Nobody is here" />;
  return (
    <>
      <ul aria-label="Members" className="py-2">
        {members.map((member) => (
          <MemberRow
            key={member.user.id}
            member={member}
            online={online[member.user.id] === true}
            isMe={member.user.id === myId}
          />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="px-4 pb-4">
          <Button
            look="quiet"
            size="small"
            className="w-full"
            busy={query.isFetchingNextPage}
            onClick={() => query.fetchNextPage()}
          >
            Show more
          </Button>
        </div>
      )}
    </>
  );
}
