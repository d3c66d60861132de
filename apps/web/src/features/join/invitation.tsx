import type { OpenedInvite } from "@confab/shared/invites";
import { UsersRound } from "lucide-react";
import { Avatar } from "../../ui/avatar.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";

type Invited = NonNullable<OpenedInvite["conversation"]>;

/** Who invites, and into what. */
export function Invitation({ conversation, invitedBy }: { conversation: Invited; invitedBy: string }) {
  return (
    <div className="relative isolate mb-7 flex flex-col items-center text-center">
      <div className="absolute -inset-x-8 -top-8 -z-10 h-40 bg-linear-to-b from-accent-soft to-transparent" />
      <Avatar seed={conversation.id} name={conversation.name} size="large" shape="square" />
      <p className="mt-4 max-w-full text-ink-muted wrap-anywhere">
        <span className="font-medium text-ink-soft">{invitedBy}</span> invites you to
      </p>
      <h1 className="mt-0.5 max-w-full text-2xl font-semibold text-balance wrap-anywhere">{conversation.name}</h1>
      {conversation.description && (
        <p className="mt-2 line-clamp-4 max-w-full text-pretty text-ink-soft wrap-anywhere">
          {conversation.description}
        </p>
      )}
      <p className="mt-3 inline-flex items-center gap-1.5 text-sm text-ink-muted">
        <UsersRound aria-hidden size={14} />
        {presenceOf(conversation.member_count)}
      </p>
    </div>
  );
}

function presenceOf(count: number): string {
  if (count === 0) return "Nobody is in it yet";
  return count === 1 ? "One person is in it" : `${count.toLocaleString("en")} people are in it`;
}

/** The shape of an invitation that is on its way; late, so that a quick answer shows nothing of it. */
export function InvitationSkeleton() {
  return (
    <div role="status" aria-label="Loading the invitation" className="appear-late flex flex-col items-center">
      <Skeleton className="size-14 rounded-lg" />
      <Skeleton className="mt-5 h-3.5 w-36" />
      <Skeleton className="mt-3 h-7 w-52" />
      <Skeleton className="mt-4 h-3 w-24" />
      <Skeleton className="mt-10 h-11 w-full" />
      <Skeleton className="mt-5 h-11 w-full" />
    </div>
  );
}
