import type { Conversation } from "@confab/shared/conversations";
import { formatDay } from "../../lib/time.ts";
import { badgeOf, titleOf } from "../../lib/titles.ts";
import { usePerson } from "../../stores/users.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Badge } from "../../ui/badge.tsx";

/** "today", "yesterday", "on Monday, 3 March": a day inside a sentence. */
function onDay(moment: string): string {
  const day = formatDay(moment);
  return /^(Today|Yesterday)$/.test(day) ? day.toLowerCase() : `on ${day}`;
}

/** What stands above the very first message. */
export function Beginning({ conversation }: { conversation: Conversation }) {
  const { description, created_at } = conversation;
  const other = usePerson(conversation.other);
  const title = titleOf(conversation, other);
  const badge = badgeOf(other);
  return (
    <div className="px-4 pt-10 pb-4 wrap-anywhere sm:px-6">
      <Avatar
        seed={other?.id ?? conversation.id}
        name={title}
        size="large"
        shape={other === null ? "square" : "round"}
      />
      <h2 className="mt-4 flex flex-wrap items-center gap-x-2 text-xl font-semibold">
        {title}
        {badge !== null && <Badge tone="warning">{badge}</Badge>}
      </h2>
      <p className="mt-1 max-w-prose text-ink-muted">
        {other === null
          ? `This group was made ${onDay(created_at)}. What is written here, everyone in it can read.`
          : `This direct conversation began ${onDay(created_at)}.`}
      </p>
      {description && <p className="mt-2 max-w-prose text-ink-soft">{description}</p>}
    </div>
  );
}
