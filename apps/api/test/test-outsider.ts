import type { Db } from "../src/core/db.ts";
import { openSession } from "../src/features/sessions/sessions.ts";
import { TestClient } from "./test-client.ts";
import { insertPeople } from "./test-conversation.ts";

/** Somebody signed in who is in no conversation, not even in the one everyone joins: whom nothing is told. */
export async function newOutsider({ url, db }: { url: string; db: Db }, username: string): Promise<TestClient> {
  const client = new TestClient(url);
  const [id = ""] = await insertPeople(db, [username]);
  const origin = { device: "test", address: "127.0.0.1" };
  client.cookie = `confab_session=${await openSession(db, id, origin, { password_hash: null })}`;
  client.person = { id, username, role: "user" };
  return client;
}
