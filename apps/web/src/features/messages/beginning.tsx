import type { Conversation } from "@confab/shared/conversations";
import { formatDay } from "../../lib/time.ts";
import { badgeOf, titleOf } from "../../lib/titles.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { NameWithBadge } from "../../ui/badge.tsx";

/** What stands above the very first message. */
export function Beginning({ conversation }: { conversation: Conversation }) {
  const { other, description, created_at } = conversation;
  const title = titleOf(conversation);
  return (
    <div className="px-4 pt-10 pb-4 sm:px-6">
      <Avatar
        seed={other?.id ?? conversation.id}
        name={title}
        size="large"
        shape={other === null ? "square" : "round"}
      />
      <h2 className="mt-4 flex text-xl font-semibold">
        <NameWithBadge name={title} badge={badgeOf(other)} />
      </h2>
      <p className="mt-1 max-w-prose text-ink-muted">
        {other === null
          ? `This group was made on ${formatDay(created_at)}. What is written here, everyone in it can read.`
          : `This is where you and ${other.username} begin. Only the two of you read it.`}
      </p>
      {description && <p className="mt-2 max-w-prose text-ink-soft">{description}</p>}
    </div>
  );
}
