import { newId } from "@confab/shared/ids";
import { type ChatSocket, clientFrame } from "./chat-socket.ts";
import type { LoadedConversation } from "./target.ts";

/** A sentence as people write them. */
export const CONTENT =
  "The quick brown fox jumps over the lazy dog, and then it sits down for a while and looks around.";
const NUMBER_DIGITS = 12;

/** Somebody who writes: the frame is made once, and only the message's number is put into it. */
export class ConversationSender {
  /** How many hear each message. */
  readonly listeners: number;
  readonly #socket: () => ChatSocket | undefined;
  readonly #frame: Buffer;
  readonly #numberAt: number;

  constructor(conversation: LoadedConversation, idBase: string, socket: () => ChatSocket | undefined) {
    const id = `${idBase}${"0".repeat(NUMBER_DIGITS)}`;
    const command = { type: "message.create", id, conversation_id: conversation.id, content: CONTENT };
    this.#frame = clientFrame(Buffer.from(JSON.stringify(command)));
    this.#numberAt = this.#frame.indexOf(id) + idBase.length;
    this.listeners = conversation.members.length;
    this.#socket = socket;
  }

  send(number: number): void {
    const frame = Buffer.from(this.#frame);
    frame.write(number.toString(16).padStart(NUMBER_DIGITS, "0"), this.#numberAt, "latin1");
    this.#socket()?.write(frame);
  }
}

/** All of a UUIDv7 but its last twelve digits. */
export function newIdBase(): string {
  return newId().slice(0, -NUMBER_DIGITS);
}
