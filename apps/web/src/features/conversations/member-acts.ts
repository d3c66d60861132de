import type { Conversation, Member } from "@confab/shared/conversations";

export type MemberAct = "make_owner" | "make_member" | "hand_over" | "remove";

/**
 * What can be done with a member, out of what the caller may do in the group: nothing with oneself, who leaves instead;
 * a guest owns nothing; and who answers for the group does so until it is handed over.
 */
export function memberActsOf(conversation: Conversation, member: Member, myId: string | undefined): MemberAct[] {
  const { can, owner_id } = conversation;
  const { user, role } = member;
  if (user.id === myId) return [];
  const isKeeper = user.id === owner_id;
  const mayOwn = user.role !== "guest";
  const acts: Record<MemberAct, boolean> = {
    make_owner: can.manage && mayOwn && role === "member",
    make_member: can.manage && role === "owner" && !isKeeper,
    hand_over: can.transfer && mayOwn && !isKeeper,
    remove: can.change_members && (!isKeeper || can.transfer),
  };
  return (Object.keys(acts) as MemberAct[]).filter((act) => acts[act]);
}
