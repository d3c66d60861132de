import type { Invite } from "@confab/shared/invites";
import { describe, expect, it } from "vitest";
import { endOf, expiryOf, linkOf, usesOf } from "./invite-state.ts";

const now = new Date("2026-11-22T10:00:00Z");

function buildInvite(changes: Partial<Invite> = {}): Invite {
  return {
    id: "01940000-0000-7000-8000-000000000001",
    conversation_id: null,
    label: "Summer fair",
    token: "a-secret",
    created_by: { id: "01940000-0000-7000-8000-000000000002", username: "Ada", role: "admin" },
    created_at: "2026-11-20T10:00:00Z",
    expires_at: null,
    uses_max: null,
    use_count: 0,
    revoked_at: null,
    is_open: true,
    ...changes,
  };
}

describe("endOf", () => {
  it.each<[string, Partial<Invite>, ReturnType<typeof endOf>]>([
    ["one without bounds is open", { use_count: 500 }, null],
    ["one with time and uses left is open", { expires_at: "2026-11-22T10:00:01Z", uses_max: 3, use_count: 2 }, null],
    ["its last moment ends it", { expires_at: "2026-11-22T10:00:00Z" }, "Expired"],
    ["its last use ends it", { uses_max: 3, use_count: 3 }, "Used up"],
    [
      "whoever revoked it is named before time and uses",
      { revoked_at: "2026-11-21T10:00:00Z", uses_max: 1, use_count: 1 },
      "Revoked",
    ],
    ["one that the server keeps shut for another reason is closed", { is_open: false }, "Closed"],
  ])("%s", (_what, changes, end) => {
    expect(endOf(buildInvite(changes), now)).toBe(end);
  });
});

describe("usesOf", () => {
  it.each<[number, number | null, string]>([
    [0, null, "Not used yet"],
    [1, null, "Used once"],
    [1200, null, "Used 1,200 times"],
    [0, 1, "0 of 1 use"],
    [2, 5, "2 of 5 uses"],
  ])("%s of %s: %s", (use_count, uses_max, text) => {
    expect(usesOf({ use_count, uses_max })).toBe(text);
  });
});

it("expiryOf says when a link ends, and nothing once it is over", () => {
  expect(expiryOf(buildInvite(), now)).toBe("never expires");
  expect(expiryOf(buildInvite({ expires_at: "2026-11-25T10:00:00Z" }), now)).toBe("expires in 3 days");
  expect(expiryOf(buildInvite({ revoked_at: "2026-11-21T10:00:00Z" }), now)).toBeNull();
});

it("linkOf keeps the secret behind the #", () => {
  expect(linkOf(buildInvite())).toBe(`${window.location.origin}/join#a-secret`);
});
