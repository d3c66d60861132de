import type { Address } from "./bus.ts";

/** People to whom something is told, and how another node finds the same ones. */
export class Audience implements Iterable<string> {
  readonly userIds: ReadonlySet<string>;
  readonly address: Address;

  constructor(userIds: ReadonlySet<string>, address: Address) {
    this.userIds = userIds;
    this.address = address;
  }

  /** The version of who is in the conversation these people are of; null when it is gone, or there is more than one. */
  get memberVersion(): number | null {
    return "member_version" in this.address ? this.address.member_version : null;
  }

  has(userId: string): boolean {
    return this.userIds.has(userId);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.userIds[Symbol.iterator]();
  }

  /** All of them but these. */
  without(userIds: Iterable<string>): Audience {
    const except = new Set(userIds);
    if (except.size === 0) return this;
    const left = new Set([...this.userIds].filter((id) => !except.has(id)));
    const { address } = this;
    return "conversation_id" in address
      ? new Audience(left, { ...address, except: [...address.except, ...except] })
      : new Audience(left, { user_ids: [...left] });
  }
}

/** How another node finds these people: by the audience's address, or one by one. */
export function addressOf(people: Iterable<string>): Address {
  return people instanceof Audience ? people.address : { user_ids: [...people] };
}
