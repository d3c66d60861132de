import { memberOf, seedConversations } from "../database/seed.ts";
import { costsIn } from "./costs-in.ts";
import type { Dimension } from "./dimension.ts";

const CONNECTED = 4;

/** Members of a conversation, four of whom are connected. */
export const members: Dimension = {
  name: "members",
  title: "members of a conversation, four of them connected",
  sizes: [10, 100, 1_000, 10_000],
  async prepare(bench, size) {
    const [room] = await seedConversations(bench.database, `Members ${size}`, { conversations: 1, members: size });
    if (!room) throw new Error("The room was not made.");
    const [listeners, newcomers] = [room.people.slice(0, CONNECTED), room.people.slice(CONNECTED)];
    return async () => {
      const { send, connect } = await costsIn(bench, room, listeners, {
        newcomers: newcomers.map((person) => memberOf(person, room)),
      });
      return { "a message": send, "a connect": connect };
    };
  },
};
