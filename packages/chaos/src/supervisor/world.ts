import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Database } from "./database.ts";
import { ADMINISTRATOR, type Person, registerPeople, signIn } from "./people.ts";
import { ServerNode } from "./server-node.ts";

const PEOPLE = 24;

/** What all families of a run share: one PostgreSQL and the people in it. Each family gets its own groups and nodes. */
export interface World {
  readonly seed: string;
  readonly folder: string;
  readonly database: Database;
  readonly people: readonly Person[];
  readonly administrator: Person;
}

export async function openWorld(seed: string): Promise<World> {
  const folder = await mkdtemp(path.join(tmpdir(), "confab-chaos-"));
  // The account that runs PostgreSQL has to get through.
  await chmod(folder, 0o755);
  const database = await Database.start(folder);
  const nodeFolder = path.join(folder, "first");
  await mkdir(nodeFolder);
  const node = await ServerNode.create({
    ...{ name: "first", folder: nodeFolder, databaseUrl: database.url, environment: ADMINISTRATOR },
  });
  await node.start();
  const names = Array.from({ length: PEOPLE }, (_, n) => `Person ${n + 1}`);
  const people = await registerPeople(node.url, names);
  const administrator = await signIn(node.url, ADMINISTRATOR.ADMIN_USERNAME);
  await node.stop();
  return { seed, folder, database, people, administrator };
}

/** `keep`: histories and logs stay, to be looked at. */
export async function closeWorld(world: World, keep: boolean): Promise<void> {
  await world.database.stop();
  if (!keep) await rm(world.folder, { recursive: true, force: true, maxRetries: 5 });
}
