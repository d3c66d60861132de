import { newId } from "@confab/shared/ids";
import { insertConversations, memberOf, seedPeople } from "../database/seed.ts";
import { costsIn } from "./costs-in.ts";
import type { Dimension } from "./dimension.ts";

const PEOPLE = 12;
const LISTENERS = 4;

/** Conversations of each person. What is sent to somebody who connects grows with them, so that is per conversation. */
export const conversations: Dimension = {
  name: "conversations",
  title: "conversations of each person",
  sizes: [10, 100, 1_000],
  async prepare(bench, size) {
    const people = await seedPeople(bench.database, `Conversations ${size}`, PEOPLE);
    const rooms = Array.from({ length: size }, () => ({ id: newId(), people }));
    await insertConversations(bench.database, `Conversation of ${size}`, rooms);
    const [room] = rooms;
    if (!room) throw new Error("The rooms were not made.");
    const [listeners, newcomers] = [people.slice(0, LISTENERS), people.slice(LISTENERS)];
    return async () => {
      const { send, connect } = await costsIn(bench, room, listeners, {
        newcomers: newcomers.map((person) => memberOf(person, room)),
      });
      return { "a message": send, "a connect, per conversation": { cpu: connect.cpu / size, p50: connect.p50 / size } };
    };
  },
};
