import type { Conversation, Member } from "@confab/shared/conversations";
import { Crown, ShieldCheck, ShieldMinus, UserMinus } from "lucide-react";
import { useCallback, useState } from "react";
import { titleOf } from "../../lib/titles.ts";
import { usePerson } from "../../stores/users.store.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { MenuItem } from "../../ui/menu.tsx";
import { MenuButton } from "../../ui/menu-button.tsx";
import { useAct } from "../../ui/use-act.ts";
import { changeMemberRole, removeMember, transferGroup } from "./manage-group.ts";
import type { MemberAct } from "./member-acts.ts";

interface Wording {
  item: string;
  title: (name: string, group: string) => string;
  message: (name: string) => string;
  confirm: string;
}

const WORDING: Record<MemberAct, Wording> = {
  make_owner: {
    item: "Make owner",
    title: (name) => `Make ${name} an owner?`,
    message: (name) => `${name} can then rename the group, make links into it, and add and remove people.`,
    confirm: "Make owner",
  },
  make_member: {
    item: "Make member",
    title: (name) => `Make ${name} a member?`,
    message: (name) => `${name} stays in the group, but no longer manages it.`,
    confirm: "Make member",
  },
  hand_over: {
    item: "Hand the group over",
    title: (name, group) => `Hand ${group} over to ${name}?`,
    message: (name) => `${name} answers for the group from then on, and alone can hand it over again or delete it.`,
    confirm: "Hand over",
  },
  remove: {
    item: "Remove from the group",
    title: (name, group) => `Remove ${name} from ${group}?`,
    message: (name) =>
      `${name} loses sight of the group at once, and cannot come back by a link made before. What ${name} has written stays.`,
    confirm: "Remove",
  },
};

const ICONS = { make_owner: ShieldCheck, make_member: ShieldMinus, hand_over: Crown, remove: UserMinus };

async function perform(act: MemberAct, groupId: string, userId: string): Promise<void> {
  switch (act) {
    case "make_owner":
      return changeMemberRole(groupId, userId, "owner");
    case "make_member":
      return changeMemberRole(groupId, userId, "member");
    case "hand_over":
      return transferGroup(groupId, userId);
    case "remove":
      return removeMember(groupId, userId);
  }
}

interface MemberActDialogProps {
  act: MemberAct;
  conversation: Conversation;
  member: Member;
  name: string;
  onClose: () => void;
}

function MemberActDialog({ act, conversation, member, name, onClose }: MemberActDialogProps) {
  const wording = WORDING[act];
  const { busy, failure, run } = useAct(
    useCallback(() => perform(act, conversation.id, member.user.id), [act, conversation.id, member.user.id]),
  );
  return (
    <ConfirmDialog
      title={wording.title(name, titleOf(conversation))}
      message={wording.message(name)}
      confirm={wording.confirm}
      look={act === "remove" ? "danger" : "primary"}
      busy={busy}
      problem={failure?.message ?? null}
      onConfirm={async () => {
        if (await run()) onClose();
      }}
      onClose={onClose}
    />
  );
}

interface MemberMenuProps {
  acts: MemberAct[];
  conversation: Conversation;
  member: Member;
}

/** What can be done with one member, behind three dots. */
export function MemberMenu({ acts, conversation, member }: MemberMenuProps) {
  const [chosen, setChosen] = useState<MemberAct | null>(null);
  const name = usePerson(member.user).username;
  return (
    <>
      <MenuButton label={`Manage ${name}`}>
        {acts.map((act) => (
          <MenuItem key={act} icon={ICONS[act]} danger={act === "remove"} onSelect={() => setChosen(act)}>
            {WORDING[act].item}
          </MenuItem>
        ))}
      </MenuButton>
      {chosen !== null && (
        <MemberActDialog
          act={chosen}
          conversation={conversation}
          member={member}
          name={name}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  );
}
