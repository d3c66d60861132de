import type { Conversation, Member } from "@confab/shared/conversations";
import { Users } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { formatFull, formatListTime } from "../../lib/time.ts";
import { badgeOf } from "../../lib/titles.ts";
import { useSession } from "../../stores/session.store.ts";
import { usePerson } from "../../stores/users.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Badge, NameWithBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { foldedName } from "./folded-name.ts";
import { useMembers } from "./use-members.ts";

/** A list that can be taken in at a glance needs no search. */
const SEARCH_FROM = 10;

interface MemberRowProps {
  member: Member;
  online: boolean;
  isMe: boolean;
  isKeeper: boolean;
  menu: ReactNode;
}

function MemberRow({ member, online, isMe, isKeeper, menu }: MemberRowProps) {
  const { role, joined_at } = member;
  const user = usePerson(member.user);
  return (
    <li className="flex items-center gap-3 px-4 py-2">
      <Avatar seed={user.id} name={user.username} online={online} />
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-1.5">
          <NameWithBadge name={user.username} badge={badgeOf(user)} className="font-medium" />
          {isMe && <span className="text-sm text-ink-muted">you</span>}
          {role === "owner" && <Badge tone="accent">{isKeeper ? "Main owner" : "Owner"}</Badge>}
        </div>
        <p className="truncate text-sm text-ink-muted">
          {online ? "Online" : "Offline"} · joined{" "}
          <time dateTime={joined_at} title={formatFull(joined_at)}>
            {formatListTime(joined_at)}
          </time>
        </p>
      </div>
      {menu}
    </li>
  );
}

interface MemberListProps {
  conversation: Conversation;
  /** What can be done with a member stands at the end of the row. */
  menuFor?: (member: Member) => ReactNode;
}

/** Who is in a conversation, page by page; the whole of a long list is read once somebody searches it. */
export function MemberList({ conversation, menuFor }: MemberListProps) {
  const [typed, setTyped] = useState("");
  const { query, members, online } = useMembers(conversation);
  const myId = useSession((state) => state.me?.id);
  const wanted = foldedName(typed.trim());
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const isReadingOn = wanted !== "" && hasNextPage;
  useEffect(() => {
    if (isReadingOn && !isFetchingNextPage) void fetchNextPage();
  }, [isReadingOn, isFetchingNextPage, fetchNextPage]);

  if (query.isError) return <ErrorState message={query.error.message} onRetry={() => query.refetch()} />;
  if (query.isPending) return <SkeletonRows count={4} label="Loading members" />;
  if (members.length === 0) return <EmptyState icon={Users} title="Nobody is here" />;
  const shown = wanted === "" ? members : members.filter(({ user }) => foldedName(user.username).includes(wanted));
  return (
    <>
      {conversation.member_count >= SEARCH_FROM && (
        <div className="border-b border-line px-4 py-3">
          <SearchField label="Search members" value={typed} onValueChange={setTyped} />
        </div>
      )}
      {shown.length > 0 && (
        <ul aria-label="Members" className="py-2">
          {shown.map((member) => (
            <MemberRow
              key={member.user.id}
              member={member}
              online={online[member.user.id] === true}
              isMe={member.user.id === myId}
              isKeeper={member.user.id === conversation.owner_id}
              menu={menuFor?.(member)}
            />
          ))}
        </ul>
      )}
      {shown.length === 0 && !isReadingOn && (
        <EmptyState icon={Users} title="Nobody found">
          Nobody in this group is called “{typed.trim()}”.
        </EmptyState>
      )}
      {(isReadingOn || hasNextPage) && (
        <div className="px-4 pb-4">
          <Button
            look="quiet"
            size="small"
            className="w-full"
            busy={isReadingOn || isFetchingNextPage}
            onClick={() => fetchNextPage()}
          >
            {isReadingOn ? "Searching" : "Show more"}
          </Button>
        </div>
      )}
    </>
  );
}
