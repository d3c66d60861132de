import type { Conversation } from "@confab/shared/conversations";

/** What an ordinary member of a group may do in it. */
export const MEMBER_RIGHTS: Conversation["can"] = {
  send: true,
  manage: false,
  change_members: false,
  archive: false,
  transfer: false,
  delete: false,
  leave: true,
  list_visits: false,
};
