import type { Conversation, Member } from "@confab/shared/conversations";
import type { Person } from "@confab/shared/users";
import { describe, expect, it } from "vitest";
import { buildConversation } from "../../../test/build-conversation.ts";
import { ada, ben, carol } from "../../../test/people.ts";
import { MEMBER_RIGHTS } from "../../../test/rights.ts";
import { memberActsOf } from "./member-acts.ts";

const OWNER_RIGHTS = { ...MEMBER_RIGHTS, manage: true, change_members: true };
const KEEPER_RIGHTS = { ...OWNER_RIGHTS, transfer: true };
const guest: Person = { ...carol, role: "guest" };

function acts(can: Conversation["can"], user: Person, role: Member["role"] = "member") {
  const member = { user, role, joined_at: "2026-11-22T09:00:00.000Z" };
  return memberActsOf(buildConversation({ owner_id: ada.id, can }), member, ben.id);
}

describe("what can be done with a member", () => {
  it("is nothing for whoever is only a member themself, and nothing with oneself", () => {
    expect(acts(MEMBER_RIGHTS, carol)).toEqual([]);
    expect(acts(KEEPER_RIGHTS, ben, "owner")).toEqual([]);
  });

  it("is the other role, and removing, for an owner", () => {
    expect(acts(OWNER_RIGHTS, carol)).toEqual(["make_owner", "remove"]);
    expect(acts(OWNER_RIGHTS, carol, "owner")).toEqual(["make_member", "remove"]);
  });

  it("is also handing over for whoever may do that, though not to who has it already", () => {
    expect(acts(KEEPER_RIGHTS, carol)).toEqual(["make_owner", "hand_over", "remove"]);
    expect(acts(KEEPER_RIGHTS, ada, "owner")).toEqual(["remove"]);
  });

  it("is nothing with who answers for the group, for another owner", () => {
    expect(acts(OWNER_RIGHTS, ada, "owner")).toEqual([]);
  });

  it("makes no guest an owner", () => {
    expect(acts(KEEPER_RIGHTS, guest)).toEqual(["remove"]);
  });

  it("removes nobody where nobody can be removed", () => {
    expect(acts({ ...KEEPER_RIGHTS, change_members: false }, carol)).toEqual(["make_owner", "hand_over"]);
  });
});
