import type { Person } from "@confab/shared/users";
import { create } from "zustand";

export interface UsersState {
  /** Everyone ever seen in an answer or event, as last seen. */
  users: Record<string, Person>;
}

export const useUsers = create<UsersState>(() => ({ users: {} }));

/** Somebody as last heard of: a message or list that is older may hold another name. */
export function usePerson<Known extends Person | null>(known: Known): Person | Known {
  return useUsers((state) => (known === null ? undefined : state.users[known.id])) ?? known;
}

/** Remembers people under their newest name; the state stays the same object when nobody is new or changed. */
export function upsertPeople(state: UsersState, people: readonly Person[]): UsersState {
  let users = state.users;
  for (const { id, username, role } of people) {
    const known = users[id];
    if (known?.username === username && known.role === role) continue;
    users = { ...users, [id]: { id, username, role } };
  }
  return users === state.users ? state : { users };
}
