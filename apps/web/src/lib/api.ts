import {
  accountAnswerSchema,
  type GuestBody,
  type LoginBody,
  type RegisterBody,
  type SetupBody,
  setupAnswerSchema,
} from "@confab/shared/auth";
import {
  type CreateConversationBody,
  changesAnswerSchema,
  conversationAnswerSchema,
  listConversationsAnswerSchema,
  listMembersAnswerSchema,
} from "@confab/shared/conversations";
import {
  type CreateMessageBody,
  messageAnswerSchema,
  messagesPageSchema,
  readMarkerSchema,
} from "@confab/shared/messages";
import { listUsersAnswerSchema, meAnswerSchema } from "@confab/shared/users";
import { workspaceSchema } from "@confab/shared/workspace";
import { answerMalformed, networkFailed, refusedBy } from "./api-error.ts";

/** A request that hangs longer than this is as good as lost; repeating it is always safe. */
const ANSWER_TIMEOUT_MS = 15_000;

/** As many connections as a browser keeps to one server. */
const CONNECTIONS_MAX = 6;
const TRIAL_MS = 1_000;

interface Schema<Value> {
  safeParse(input: unknown): { success: true; data: Value } | { success: false; error: unknown };
}
type Query = Record<string, string | number | undefined>;
export type PageQuery = { after?: string | undefined; limit?: number | undefined };
type PeopleQuery = PageQuery & { query?: string | undefined };
type MessagesQuery = { before?: number | undefined; after?: number | undefined; limit?: number | undefined };
type ChangesQuery = { after_revision: number; limit?: number | undefined };

let signInRequired: () => void = () => undefined;

/** Says who is told when the server no longer knows the session. There is one listener: the session store. */
export function onSignInRequired(listener: () => void): void {
  signInRequired = listener;
}

async function request(method: string, path: string, body?: object): Promise<{ status: number; json: unknown }> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: { accept: "application/json", ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    text = await response.text();
  } catch (cause) {
    throw networkFailed(cause);
  }
  const json = parseJson(text);
  if (response.ok) return { status: response.status, json };
  const error = refusedBy(response, json);
  // A wrong password is a 401 as well, but says nothing about the session.
  if (response.status === 401 && error.code !== "password_wrong") signInRequired();
  throw error;
}

/**
 * Makes the browser let go of connections that died without a word. It keeps them for later requests, and each would
 * cost one of those its whole patience; a request that is given up closes the connection it was on.
 */
export function dropDeadConnections(): void {
  for (let tried = 0; tried < CONNECTIONS_MAX; tried += 1) {
    const trial = fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(TRIAL_MS) });
    // Whether there is an answer is all the same: without one, the connection is closed.
    trial.catch(() => undefined);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Judged by the schema of the answer: `undefined` fits none.
    return undefined;
  }
}

/** Asks for something and checks the answer. Throws ApiError. */
export async function call<Answer>(
  schema: Schema<Answer>,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const { status, json } = await request(method, path, body);
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw answerMalformed(status, parsed.error);
  return parsed.data;
}

/** For acts that are answered with nothing. Throws ApiError. */
export async function act(method: string, path: string, body?: object): Promise<void> {
  await request(method, path, body);
}

export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? path : `${path}?${search}`;
}

export function conversationPath(id: string, rest = ""): string {
  return `/api/v1/conversations/${encodeURIComponent(id)}${rest}`;
}

/**
 * What everybody needs. Every call returns a checked answer or throws an ApiError. This file is the only one that fetches;
 * what belongs to single pages stands beside it (account-api, groups-api, admin-api), to be loaded with them.
 */
export const api = {
  workspace: () => call(workspaceSchema, "GET", "/api/v1/workspace"),
  register: (body: RegisterBody) => call(accountAnswerSchema, "POST", "/register", body),
  login: (body: LoginBody) => call(accountAnswerSchema, "POST", "/login", body),
  enterAsGuest: (body: GuestBody) => call(accountAnswerSchema, "POST", "/guest", body),
  logout: () => act("POST", "/logout", {}),
  setUp: async (body: SetupBody) => (await call(setupAnswerSchema, "POST", "/api/v1/setup", body)).me,
  me: async () => (await call(meAnswerSchema, "GET", "/api/v1/me")).me,
  listUsers: (query: PeopleQuery = {}) => call(listUsersAnswerSchema, "GET", withQuery("/api/v1/users", query)),
  listConversations: async (scope?: "mine" | "all") =>
    (await call(listConversationsAnswerSchema, "GET", withQuery("/api/v1/conversations", { scope }))).conversations,
  createConversation: async (body: CreateConversationBody) =>
    (await call(conversationAnswerSchema, "POST", "/api/v1/conversations", body)).conversation,
  getConversation: async (id: string) =>
    (await call(conversationAnswerSchema, "GET", conversationPath(id))).conversation,
  listMembers: (id: string, query: PageQuery = {}) =>
    call(listMembersAnswerSchema, "GET", withQuery(conversationPath(id, "/members"), query)),
  listMessages: (id: string, query: MessagesQuery = {}) =>
    call(messagesPageSchema, "GET", withQuery(conversationPath(id, "/messages"), query)),
  createMessage: async (id: string, body: CreateMessageBody) =>
    (await call(messageAnswerSchema, "POST", conversationPath(id, "/messages"), body)).message,
  listChanges: (id: string, query: ChangesQuery) =>
    call(changesAnswerSchema, "GET", withQuery(conversationPath(id, "/changes"), query)),
  moveReadMarker: (id: string, seq: number) =>
    call(readMarkerSchema, "PUT", conversationPath(id, "/read-marker"), { seq }),
};
