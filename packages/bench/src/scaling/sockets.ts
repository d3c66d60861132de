import { newId } from "@confab/shared/ids";
import { insertConversations, memberOf, seedPeople } from "../database/seed.ts";
import { costsIn } from "./costs-in.ts";
import type { Dimension } from "./dimension.ts";

const LISTENERS = 4;
const NEWCOMERS = 8;

/** Sockets of a node; everybody is in one group, as in "General", and some in a small one beside it. */
export const sockets: Dimension = {
  name: "sockets",
  title: "sockets, everybody in one group",
  sizes: [10, 100, 1_000, 5_000],
  async prepare(bench, size) {
    const people = await seedPeople(bench.database, `Sockets ${size}`, size + LISTENERS + NEWCOMERS);
    const everybody = { id: newId(), people };
    const small = { id: newId(), people: people.slice(0, LISTENERS) };
    await insertConversations(bench.database, `Everybody of ${size}`, [everybody, small]);
    return async () => {
      const { send, connect } = await costsIn(bench, small, small.people, {
        newcomers: people.slice(LISTENERS, LISTENERS + NEWCOMERS).map((person) => memberOf(person, everybody)),
        bystanders: people.slice(LISTENERS + NEWCOMERS).map((person) => memberOf(person, everybody)),
      });
      return { "a message in a small room": send, "a connect": connect };
    };
  },
};
