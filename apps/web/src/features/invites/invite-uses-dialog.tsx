import type { Invite } from "@confab/shared/invites";
import { UsersRound } from "lucide-react";
import { formatFull, formatListTime } from "../../lib/time.ts";
import { badgeOf } from "../../lib/titles.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { NameWithBadge } from "../../ui/badge.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { useInviteUses } from "./use-invites.ts";

function Uses({ invite }: { invite: Invite }) {
  const uses = useInviteUses(invite.conversation_id, invite.id);
  if (uses.isError) return <ErrorState message={uses.error.message} onRetry={() => uses.refetch()} />;
  if (uses.data === undefined) return <SkeletonRows count={3} label="Loading people" />;
  if (uses.data.length === 0)
    return (
      <EmptyState icon={UsersRound} title="Nobody yet">
        Whoever comes in through this link will stand here.
      </EmptyState>
    );
  return (
    <>
      <ul aria-label="People who came through this link" className="py-2">
        {uses.data.map(({ user, used_at }) => (
          <li key={user.id} className="flex items-center gap-3 px-5 py-2">
            <Avatar seed={user.id} name={user.username} />
            <span className="flex min-w-0 flex-1">
              <NameWithBadge name={user.username} badge={badgeOf(user)} className="font-medium" />
            </span>
            <time dateTime={used_at} title={formatFull(used_at)} className="text-sm text-ink-muted">
              {formatListTime(used_at)}
            </time>
          </li>
        ))}
      </ul>
      <ShowMore list={uses} className="mx-5 mb-4" />
    </>
  );
}

export function InviteUsesDialog({ invite, onClose }: { invite: Invite; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Who came through this link">
      <div className="min-h-32 overflow-y-auto">
        <Uses invite={invite} />
      </div>
    </Dialog>
  );
}
