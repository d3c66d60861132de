import type { Me, Person } from "@confab/shared/users";

export const ada: Person = { id: "00000000-0000-7000-8000-00000000000a", username: "Ada", role: "user" };
export const ben: Person = { id: "00000000-0000-7000-8000-00000000000b", username: "Ben", role: "user" };
export const carol: Person = { id: "00000000-0000-7000-8000-00000000000c", username: "Carol", role: "user" };

export function asMe(person: Person): Me {
  const can = {
    start_direct: true,
    create_group: true,
    list_users: true,
    manage_workspace: false,
    claim_account: false,
  };
  return { ...person, email: `${person.username.toLowerCase()}@example.org`, expires_at: null, language: "en", can };
}
