import type { Bench } from "../bench.ts";
import { cookieOf, memberOf, messagesPath, seedConversations, seedMessages } from "../database/seed.ts";
import type { Cost } from "../load/cost-load.ts";
import { costsIn } from "./costs-in.ts";
import type { Dimension } from "./dimension.ts";

const MEMBERS = 8;
const LISTENERS = 4;
const SECONDS = 1;

/** Messages of a conversation. */
export const messages: Dimension = {
  name: "messages",
  title: "messages of a conversation, before what is sent",
  sizes: [100, 1_000, 10_000, 100_000, 1_000_000],
  async prepare(bench, size) {
    const [room] = await seedConversations(bench.database, `Messages ${size}`, { conversations: 1, members: MEMBERS });
    if (!room) throw new Error("The room was not made.");
    await seedMessages(bench.database, [room], size);
    const [reader] = room.people;
    const page = (query: string) => costOfPage(bench, `${messagesPath(room)}${query}`, reader ? cookieOf(reader) : "");
    const [listeners, newcomers] = [room.people.slice(0, LISTENERS), room.people.slice(LISTENERS)];
    return async () => {
      const newest = await page("");
      const middle = await page(`?before=${size / 2}`);
      const { send, connect } = await costsIn(bench, room, listeners, {
        newcomers: newcomers.map((person) => memberOf(person, room)),
      });
      return { "the newest page": newest, "a page in the middle": middle, "a message": send, "a connect": connect };
    };
  },
};

async function costOfPage(bench: Bench, path: string, cookie: string): Promise<Cost> {
  const requests = [{ method: "GET" as const, path, cookie }];
  const { steps } = await bench.measure("confab", "httpLoad", { requests, crowds: [1], seconds: SECONDS });
  const [step] = Object.values(steps);
  if (!step) throw new Error("No page was asked for.");
  const { server, database } = step.cpu;
  return { cpu: ((server + database) / step.requests) * 1000, p50: step.p50 };
}
