import type { Conversation } from "@confab/shared/conversations";
import type { ReactNode } from "react";
import { formatDay, formatFull } from "../../lib/time.ts";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="bg-surface px-4 py-3">
      <dt className="text-sm text-ink-muted">{name}</dt>
      <dd className="font-medium tabular-nums">{children}</dd>
    </div>
  );
}

function Day({ moment }: { moment: string }) {
  return (
    <time dateTime={moment} title={formatFull(moment)}>
      {formatDay(moment)}
    </time>
  );
}

const ROLES = { owner: "Owner", member: "Member" };

/** What there is to know about a conversation besides who is in it. */
export function ConversationFacts({ conversation }: { conversation: Conversation }) {
  const { kind, role, last_seq, created_at, last_message } = conversation;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line shadow-raised sm:grid-cols-3">
      <Fact name="Kind">{kind === "group" ? "Group" : "Direct"}</Fact>
      <Fact name="Your role">{role === null ? "Not a member" : ROLES[role]}</Fact>
      <Fact name="Messages">{last_seq.toLocaleString("en")}</Fact>
      <Fact name="Created">
        <Day moment={created_at} />
      </Fact>
      <Fact name="Last message">
        {last_message !== null && <Day moment={last_message.sent_from_server} />}
        {last_message === null && (last_seq === 0 ? "None yet" : "Shown to members")}
      </Fact>
      <Fact name="Reference">
        <span className="font-mono text-xs font-normal break-all">{conversation.id}</span>
      </Fact>
    </dl>
  );
}
