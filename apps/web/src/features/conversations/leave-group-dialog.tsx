import type { Conversation, Member } from "@confab/shared/conversations";
import { useCallback, useState } from "react";
import { badgeOf, titleOf } from "../../lib/titles.ts";
import { useSession } from "../../stores/session.store.ts";
import { usePerson } from "../../stores/users.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Badge, NameWithBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { useAct } from "../../ui/use-act.ts";
import { leaveGroup } from "./manage-group.ts";
import { useMembers } from "./use-members.ts";

interface SuccessorChoiceProps {
  conversation: Conversation;
  myId: string | undefined;
  chosenId: string | null;
  onChoose: (id: string) => void;
}

function SuccessorOption({ member, checked, onChoose }: { member: Member; checked: boolean; onChoose: () => void }) {
  const user = usePerson(member.user);
  return (
    <label className="tap-target flex items-center gap-3 rounded-md px-2.5 py-1.5 hover:bg-hover">
      <input
        type="radio"
        name="successor"
        checked={checked}
        onChange={onChoose}
        className="size-4.5 shrink-0 accent-accent"
      />
      <Avatar seed={user.id} name={user.username} />
      <NameWithBadge name={user.username} badge={badgeOf(user)} />
      {member.role === "owner" && <Badge tone="accent">Owner</Badge>}
    </label>
  );
}

/** Owners come first: whoever helps already is the likely one. */
function SuccessorChoice({ conversation, myId, chosenId, onChoose }: SuccessorChoiceProps) {
  const { query, members } = useMembers(conversation);
  if (query.isError) return <ErrorState message={query.error.message} onRetry={() => query.refetch()} />;
  if (query.isPending) return <SkeletonRows count={3} label="Loading members" />;
  const able = members
    .filter(({ user }) => user.id !== myId && user.role !== "guest")
    .sort((a, b) => Number(b.role === "owner") - Number(a.role === "owner"));
  if (able.length === 0 && !query.hasNextPage) {
    return <Notice kind="info">Everybody else here is a guest, and a guest cannot take a group over.</Notice>;
  }
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-medium">Who takes it over?</legend>
      <div className="max-h-60 overflow-y-auto rounded-lg border border-line p-1.5">
        {able.map((member) => (
          <SuccessorOption
            key={member.user.id}
            member={member}
            checked={member.user.id === chosenId}
            onChoose={() => onChoose(member.user.id)}
          />
        ))}
        <ShowMore list={query} className="mt-1 w-full" />
      </div>
    </fieldset>
  );
}

interface LeaveGroupDialogProps {
  conversation: Conversation;
  onClose: () => void;
  /** The group is out of reach from here on. */
  onGone: () => void;
}

/** Leaves a group; whoever answers for it names who does so from then on. */
export function LeaveGroupDialog({ conversation, onClose, onGone }: LeaveGroupDialogProps) {
  const { id, owner_id, member_count } = conversation;
  const myId = useSession((state) => state.me?.id);
  const [successorId, setSuccessorId] = useState<string | null>(null);
  const needsSuccessor = owner_id === myId && member_count > 1;
  const leave = useAct(useCallback(() => leaveGroup(id, successorId), [id, successorId]));
  return (
    <Dialog open onClose={onClose} title={`Leave ${titleOf(conversation)}?`}>
      <div className="flex flex-col gap-4 overflow-y-auto px-5 pt-4">
        {leave.failure !== null && <Notice kind="error">{leave.failure.message}</Notice>}
        <p className="text-ink-soft">
          You lose sight of it at once. What you have written stays, and an owner can add you again.
        </p>
        {needsSuccessor && (
          <SuccessorChoice conversation={conversation} myId={myId} chosenId={successorId} onChoose={setSuccessorId} />
        )}
      </div>
      <div className="flex justify-end gap-2 p-5">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="danger"
          busy={leave.busy}
          disabled={needsSuccessor && successorId === null}
          onClick={async () => {
            if (await leave.run()) onGone();
          }}
        >
          {needsSuccessor ? "Hand over and leave" : "Leave group"}
        </Button>
      </div>
    </Dialog>
  );
}
