import { request } from "../clients/http.ts";

const PASSWORD = "a long enough password";
/** Setting the stage may take its time; only what is measured has to be quick. */
const PATIENCE_MS = 30_000;
export const ADMINISTRATOR = { ADMIN_USERNAME: "Grace", ADMIN_EMAIL: "grace@example.org", ADMIN_PASSWORD: PASSWORD };

/** Somebody with an account, signed in. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly cookie: string;
}

/** Registers people and signs them in, a few at a time: each password costs the server some work. */
export async function registerPeople(url: string, names: readonly string[]): Promise<Person[]> {
  const people: Person[] = [];
  const waiting = [...names];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) people.push(await register(url, name));
  };
  await Promise.all([work(), work(), work()]);
  return people.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

async function register(url: string, name: string): Promise<Person> {
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.org`;
  await demand(url, null, "POST", "/register", { username: name, email, password: PASSWORD });
  return signIn(url, name);
}

export async function signIn(url: string, username: string): Promise<Person> {
  const { body, cookies } = await demand(url, null, "POST", "/login", { username, password: PASSWORD });
  const cookie = cookies.find((each) => each.startsWith("confab_session="))?.split(";")[0];
  if (cookie === undefined) throw new Error(`${username} got no session`);
  return { id: body.user.id, name: username, cookie };
}

/** Makes a group of these people, the first its owner, and returns its id. */
export async function createGroup(url: string, name: string, [owner, ...others]: readonly Person[]): Promise<string> {
  if (!owner) throw new Error("a group needs somebody");
  const group = { kind: "group", name, member_ids: others.map(({ id }) => id) };
  const { body } = await demand(url, owner.cookie, "POST", "/api/v1/conversations", group);
  return body.conversation.id;
}

/** A request that has to succeed. */
export async function demand(url: string, cookie: string | null, method: string, path: string, body?: unknown) {
  const answer = await request(url + path, cookie, method, body, PATIENCE_MS);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}
