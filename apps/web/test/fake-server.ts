import { type Command, commandSchema } from "@confab/shared/commands";
import type { ChangesAnswer, Conversation } from "@confab/shared/conversations";
import { type ErrorCode, sentenceOf } from "@confab/shared/errors";
import type { Event } from "@confab/shared/events";
import { newId } from "@confab/shared/ids";
import { CHANGES_BEHIND_MAX } from "@confab/shared/limits";
import type { Message, MessagesPage } from "@confab/shared/messages";
import type { Person } from "@confab/shared/users";
import { vi } from "vitest";
import { json, problem } from "./fake-answers.ts";
import { FakeSocket } from "./fake-socket.ts";
import { asMe } from "./people.ts";
import { MEMBER_RIGHTS } from "./rights.ts";

const FOUNDED_AT = "2026-11-22T09:00:00.000Z";
const REGISTRATION = { registration: "open", guests: true, guest_ttl_hours: 24 };
const WORKSPACE = { ...REGISTRATION, group_creation: "admins", setup_needed: false, ws_url: null, version: "1" };

interface StoredConversation {
  id: string;
  name: string;
  updated_at: string;
  messages: Message[];
  revision: number;
  members: Person[];
  read: Map<string, number>;
}

export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

/**
 * A server in memory behind the two doors a browser has, fetch and WebSocket, keeping the rules of the wire contract.
 * The person at this browser is `user`; others act by the methods. Faults are switched on from outside.
 */
export class FakeServer {
  readonly conversations = new Map<string, StoredConversation>();
  readonly requests: SeenRequest[] = [];
  readonly sockets: FakeSocket[] = [];
  user: Person | null;
  isReachable = true;
  /** False is a proxy that lets only plain requests through. */
  acceptsSockets = true;
  /** May answer a request in the server's place: with an error code, or nothing to let it pass. */
  refuse: (request: SeenRequest) => ErrorCode | undefined = () => undefined;
  /** Seconds that refusals ask one to wait. */
  retryAfter: number | undefined;
  /** May keep an event from arriving. */
  loses: (event: Event) => boolean = () => false;
  /** May hold an answer back until its promise is fulfilled; the work was done before. */
  delay: (request: SeenRequest) => Promise<void> | undefined = () => undefined;
  pageSize = 50;
  changesPageSize = 500;
  changesBehindMax = CHANGES_BEHIND_MAX;

  constructor(user: Person) {
    this.user = user;
    vi.stubGlobal("fetch", (input: string, init?: RequestInit) => this.#fetch(input, init));
    vi.stubGlobal("WebSocket", FakeSocket);
    FakeSocket.onConnect = (socket) => this.#connect(socket);
  }

  /** The connection made last, if it still stands. */
  get socket(): FakeSocket | undefined {
    return this.sockets.findLast((socket) => socket.readyState === FakeSocket.OPEN);
  }

  addConversation(members: Person[], id = newId()): string {
    this.conversations.set(id, {
      id,
      name: "General",
      updated_at: FOUNDED_AT,
      messages: [],
      revision: 0,
      members,
      read: new Map(),
    });
    return id;
  }

  messagesOf(id: string): Message[] {
    return this.#stored(id).messages;
  }

  say(id: string, sender: Person, content: string, messageId = newId(), sentAt = new Date().toISOString()): Message {
    const conversation = this.#stored(id);
    const known = conversation.messages.find((message) => message.id === messageId);
    if (known !== undefined) return known;
    conversation.revision += 1;
    const message: Message = {
      id: messageId,
      conversation_id: id,
      seq: conversation.messages.length + 1,
      revision: conversation.revision,
      sender,
      content,
      sent_from_client: sentAt,
      sent_from_server: new Date().toISOString(),
      edited_at: null,
      deleted_at: null,
    };
    conversation.messages.push(message);
    this.publish({ type: "message.created", message });
    return message;
  }

  edit(id: string, seq: number, content: string): void {
    const conversation = this.#stored(id);
    const before = conversation.messages[seq - 1];
    if (before === undefined) return;
    conversation.revision += 1;
    const message = { ...before, content, revision: conversation.revision, edited_at: new Date().toISOString() };
    conversation.messages[seq - 1] = message;
    this.publish({ type: "message.updated", message });
  }

  rename(id: string, name: string): void {
    const conversation = this.#stored(id);
    conversation.revision += 1;
    conversation.name = name;
    conversation.updated_at = new Date().toISOString();
    const { revision, updated_at } = conversation;
    this.publish({
      type: "conversation.updated",
      conversation_id: id,
      revision,
      name,
      description: null,
      owner_id: null,
      archived_at: null,
      updated_at,
    });
  }

  publish(event: Event): void {
    if (this.loses(event)) return;
    for (const socket of this.sockets) if (socket.readyState === FakeSocket.OPEN) socket.deliver(event);
  }

  present(id: string): Conversation {
    const { name, updated_at, messages, revision, members, read } = this.#stored(id);
    const read_seq = read.get(this.user?.id ?? "") ?? 0;
    return {
      id,
      kind: "group",
      name,
      description: null,
      owner_id: null,
      created_at: FOUNDED_AT,
      updated_at,
      last_seq: messages.length,
      revision,
      member_version: members.length,
      member_count: members.length,
      archived_at: null,
      joined_by_everyone: false,
      last_message: messages.at(-1) ?? null,
      other: null,
      role: "member",
      read_seq,
      unread: messages.filter((message) => message.seq > read_seq && message.sender.id !== this.user?.id).length,
      can: MEMBER_RIGHTS,
    };
  }

  requestsTo(ending: string): SeenRequest[] {
    return this.requests.filter((request) => request.path.endsWith(ending));
  }

  #stored(id: string): StoredConversation {
    const conversation = this.conversations.get(id);
    if (conversation === undefined) throw new Error(`no conversation ${id}`);
    return conversation;
  }

  #mine(): StoredConversation[] {
    return [...this.conversations.values()].filter(({ members }) => members.some(({ id }) => id === this.user?.id));
  }

  #connect(socket: FakeSocket): void {
    if (!this.isReachable || !this.acceptsSockets || this.user === null) return socket.drop(1006);
    this.sockets.push(socket);
    socket.onCommand = (text) => this.#obey(socket, commandSchema.parse(JSON.parse(text)));
    socket.accept();
    const conversations = this.#mine().map(({ id }) => this.present(id));
    const server_time = new Date().toISOString();
    socket.deliver({
      type: "ready",
      connection_id: newId(),
      server_time,
      me: asMe(this.user),
      conversations,
    });
    socket.deliver({ type: "presence.changed", online: [this.user.id], offline: [] });
  }

  #obey(socket: FakeSocket, command: Command): void {
    if (!this.isReachable || this.user === null) return;
    if (command.type === "ping") return socket.deliver({ type: "pong", n: command.n });
    if (command.type === "message.create") {
      const { id, conversation_id, content, sent_from_client } = command;
      const path = `/api/v1/conversations/${conversation_id}/messages`;
      const code = this.refuse({ method: "SOCKET", path, query: new URLSearchParams(), body: command });
      const retry_after = this.retryAfter;
      if (code !== undefined)
        return socket.deliver({ type: "error", id, code, message: sentenceOf(code), retry_after });
      const message = this.say(conversation_id, this.user, content, id, sent_from_client);
      const acked: Event = { type: "message.acked", message };
      if (!this.loses(acked)) socket.deliver(acked);
    }
    if (command.type === "read_marker.move")
      socket.deliver({ type: "read_marker.moved", ...this.#read(command.conversation_id, command.seq) });
  }

  #read(id: string, seq: number) {
    const { read, messages } = this.#stored(id);
    const me = this.user?.id ?? "";
    read.set(me, Math.max(read.get(me) ?? 0, Math.min(seq, messages.length)));
    const { read_seq, last_seq, unread } = this.present(id);
    return { conversation_id: id, read_seq, last_seq, unread };
  }

  async #fetch(input: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(input, "http://confab.test");
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const request = { method: init.method ?? "GET", path: url.pathname, query: url.searchParams, body };
    this.requests.push(request);
    await Promise.resolve();
    if (!this.isReachable) throw new TypeError("Failed to fetch");
    const answer = this.#answer(request);
    await this.delay(request);
    return answer;
  }

  #answer(request: SeenRequest): Response {
    const { method, path, query, body } = request;
    const code = this.refuse(request);
    if (code !== undefined) return problem(code);
    if (path === "/api/v1/workspace") return json(WORKSPACE);
    if (this.user === null) return problem("sign_in_required");
    if (path === "/logout") return this.#logOut();
    if (path === "/api/v1/me") return json({ me: asMe(this.user) });
    if (path === "/api/v1/conversations")
      return json({ conversations: this.#mine().map(({ id }) => this.present(id)) });
    const [, id = "", rest = ""] = /^\/api\/v1\/conversations\/([^/]+)\/?(.*)$/.exec(path) ?? [];
    if (!this.#mine().some((conversation) => conversation.id === id)) return problem("conversation_not_found");
    if (rest === "") return json({ conversation: this.present(id) });
    if (rest === "changes") return json(this.#changes(id, Number(query.get("after_revision"))));
    if (rest === "read-marker") return json(this.#read(id, (body as { seq: number }).seq));
    if (method === "GET") return json(this.#page(id, query));
    const sent = body as { id: string; content: string; sent_from_client: string };
    return json({ message: this.say(id, this.user, sent.content, sent.id, sent.sent_from_client) }, 201);
  }

  #logOut(): Response {
    this.user = null;
    this.socket?.drop(4401);
    return new Response(null, { status: 204 });
  }

  #page(id: string, query: URLSearchParams): MessagesPage {
    const { messages } = this.#stored(id);
    const before = Number(query.get("before") ?? messages.length + 1);
    const after = query.get("after");
    const limit = Number(query.get("limit") ?? this.pageSize);
    const start = after === null ? Math.max(0, before - 1 - limit) : Number(after);
    const end = after === null ? before - 1 : start + limit;
    const page = messages.slice(start, end);
    return { messages: page, reaches_oldest: start === 0, reaches_newest: start + page.length >= messages.length };
  }

  #changes(id: string, after: number): ChangesAnswer {
    const { messages, revision } = this.#stored(id);
    if (revision - after > this.changesBehindMax) return { limited: true, conversation: this.present(id), revision };
    const changed = messages.filter((message) => message.revision > after).sort((a, b) => a.revision - b.revision);
    const page = changed.slice(0, this.changesPageSize);
    const complete = page.length === changed.length;
    return {
      limited: false,
      conversation: this.present(id),
      messages: page,
      revision: complete ? revision : (page.at(-1)?.revision ?? after),
      complete,
    };
  }
}
