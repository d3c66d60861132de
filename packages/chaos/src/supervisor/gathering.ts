import type { ClientPlan } from "../clients/client.ts";
import type { Family } from "../families/family.ts";
import { createGroup, type Person, registerPeople } from "./people.ts";
import type { World } from "./world.ts";

const CONVERSATIONS = 6;
/** Every message goes to everybody: at this pace two cores have time for the faults as well. */
const SENDS_PER_SECOND = 2;
const HEARTBEAT_MS = 5_000;

/**
 * Groups for one family, and a client for each person. Everybody is in all of them but the last, where every other person
 * is missing: what those write there is refused. Readers are the same people at a second screen.
 */
export async function gatherPeople(
  { people: inhabitants, administrator }: World,
  family: Family,
  readers: number,
  url: string,
): Promise<{ conversations: string[]; clients: ClientPlan[]; visitors: Person[] }> {
  const names = Array.from({ length: family.visitors ?? 0 }, (_, n) => `${family.name} visitor ${n + 1}`);
  const visitors = await registerPeople(url, names);
  const people = [...inhabitants, ...visitors];
  const groups: { id: string; members: readonly Person[] }[] = [];
  for (let n = 1; n <= CONVERSATIONS; n += 1) {
    const members = people.filter((_, index) => n < CONVERSATIONS || index % 2 === 0);
    groups.push({ id: await createGroup(url, `${family.name} ${n}`, [administrator, ...members]), members });
  }
  const planFor = (person: Person, name: string, sendsPerSecond: number): ClientPlan => ({
    ...{ name, person: person.id, cookie: person.cookie, sendsPerSecond, fromHead: sendsPerSecond === 0 },
    conversations: groups.filter(({ members }) => members.includes(person)).map(({ id }) => id),
    foreign: groups.find(({ members }) => !members.includes(person))?.id ?? null,
    contentLength: family.contentLength ?? 0,
    heartbeatMs: family.heartbeatMs ?? HEARTBEAT_MS,
  });
  const pace = family.sendsPerSecond ?? SENDS_PER_SECOND;
  const rounds = Array.from({ length: Math.ceil(readers / people.length) }, () => people);
  const clients = [
    ...people.map((person, n) => planFor(person, `writer-${n + 1}`, pace)),
    ...rounds
      .flat()
      .slice(0, readers)
      .map((person, n) => planFor(person, `reader-${n + 1}`, 0)),
  ];
  return { conversations: groups.map(({ id }) => id), clients, visitors };
}
