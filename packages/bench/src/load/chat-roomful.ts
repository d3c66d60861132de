import { setTimeout as delay } from "node:timers/promises";
import { ChatSocket, type Ear, numberIn } from "./chat-socket.ts";
import { ConversationSender, newIdBase } from "./conversation-sender.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { Latencies } from "./latencies.ts";
import type { LoadedConversation, Member } from "./target.ts";

const CONNECTING_AT_ONCE = 32;
/** Reading the time of more deliveries than this would cost the load more than it tells. */
const SAMPLES_PER_SECOND_MAX = 100_000;
/** Send times of this many messages are kept: more than can be under way. */
const KEPT = 2 ** 20;
const QUIET_MS = 300;
const QUIET_WITHIN_MS = 60_000;

/** Everybody in some conversations, connected; counts and times what they hear. */
export class ChatRoomful {
  readonly latencies = new Latencies();
  received = 0;
  /** What went wrong since `begin`, in words; null so far. */
  failure: string | null = null;
  readonly #ports: readonly number[];
  readonly #members: Member[];
  readonly #sockets = new Map<Member, ChatSocket>();
  readonly #senders: ConversationSender[] = [];
  readonly #ear: Ear;
  readonly #sentAt = new Float64Array(KEPT);
  #sent = 0;
  #expected = 0;
  #sampleEvery = 1;
  #untilSample = 1;

  /** Members are spread over the ports evenly, in the order they have. */
  constructor(ports: readonly number[], conversations: readonly LoadedConversation[], sendersPerConversation: number) {
    this.#ports = ports;
    this.#members = conversations.flatMap(({ members }) => members);
    const idBase = newIdBase();
    // One conversation after the other, so that neighbours in time are not neighbours in place.
    for (let n = 0; n < sendersPerConversation; n++)
      for (const conversation of conversations) {
        const member = conversation.members[n];
        if (member) this.#senders.push(new ConversationSender(conversation, idBase, () => this.#sockets.get(member)));
      }
    this.#ear = {
      onMessage: (bytes, start) => this.#onMessage(bytes, start),
      onError: (text) => {
        this.failure ??= `refused: ${text}`;
      },
      onLost: (reason) => {
        this.failure ??= `a client was ${reason}`;
      },
    };
  }

  async connect(): Promise<void> {
    const missing = [...this.#members.entries()].filter(([, member]) => !this.#sockets.has(member));
    await eachAtOnce(missing, CONNECTING_AT_ONCE, async ([n, member]) => {
      const ear = { ...this.#ear, onLost: (reason: string) => this.#lose(member, reason) };
      this.#sockets.set(member, await ChatSocket.open(this.#ports[n % this.#ports.length] ?? 0, member, ear));
    });
  }

  /** Counts anew, for sending at about this rate. */
  begin(messagesPerSecond: number): void {
    this.received = 0;
    this.#expected = 0;
    this.failure = null;
    this.latencies.clear();
    const deliveries = messagesPerSecond * (this.#senders[0]?.listeners ?? 1);
    this.#sampleEvery = Math.ceil(deliveries / SAMPLES_PER_SECOND_MAX);
    this.#untilSample = this.#sampleEvery;
  }

  send(at: number): void {
    const number = this.#sent++;
    const sender = this.#senders[number % this.#senders.length];
    if (!sender) return;
    this.#sentAt[number % KEPT] = at;
    this.#expected += sender.listeners;
    sender.send(number);
  }

  /** Waits until everything sent has reached everybody; false if it has not in that time. */
  async drain(withinMs: number): Promise<boolean> {
    const until = performance.now() + withinMs;
    while (this.received < this.#expected && this.failure === null && performance.now() < until) await delay(1);
    return this.received === this.#expected;
  }

  /** Waits until a server that was asked too much is done with it, and connects whoever it has dropped. */
  async recover(): Promise<void> {
    const until = performance.now() + QUIET_WITHIN_MS;
    // Where everything has arrived there is nothing to wait for.
    let before = this.received === this.#expected ? this.received : -1;
    while (this.received !== before && performance.now() < until) {
      before = this.received;
      await delay(QUIET_MS);
    }
    await this.connect();
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#sockets.values(), (socket) => socket.close()));
  }

  #lose(member: Member, reason: string): void {
    this.#sockets.delete(member);
    this.#ear.onLost(reason);
  }

  #onMessage(bytes: Buffer, start: number): void {
    this.received += 1;
    this.#untilSample -= 1;
    if (this.#untilSample > 0) return;
    this.#untilSample = this.#sampleEvery;
    this.latencies.add(performance.now() - (this.#sentAt[numberIn(bytes, start) % KEPT] ?? 0));
  }
}
