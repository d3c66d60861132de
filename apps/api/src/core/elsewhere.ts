interface Node {
  userIds: Set<string>;
  count: number;
  heardAt: number;
}

/** Who is connected to the other nodes, as far as those have said. */
export class Elsewhere {
  readonly #nodes = new Map<string, Node>();
  /** Whether there ever was another node: one of which nothing is heard any more may go on without its bus. */
  hasEverBeen = false;

  has(userId: string): boolean {
    for (const node of this.#nodes.values()) if (node.userIds.has(userId)) return true;
    return false;
  }

  get nodeCount(): number {
    return this.#nodes.size;
  }

  find(nodeId: string): Node | undefined {
    return this.#nodes.get(nodeId);
  }

  /** Takes what a node says of itself for the whole truth, and gives what it had said before. */
  replace(nodeId: string, userIds: Iterable<string>, count: number): ReadonlySet<string> {
    const before = this.#nodes.get(nodeId)?.userIds ?? new Set();
    this.hasEverBeen = true;
    this.#nodes.set(nodeId, { userIds: new Set(userIds), count, heardAt: performance.now() });
    return before;
  }

  /** Forgets a node and gives who was connected to it. */
  remove(nodeId: string): ReadonlySet<string> {
    const userIds = this.#nodes.get(nodeId)?.userIds ?? new Set();
    this.#nodes.delete(nodeId);
    return userIds;
  }

  /** The nodes that have been silent for longer than this. */
  silentFor(milliseconds: number): string[] {
    const since = performance.now() - milliseconds;
    return [...this.#nodes].filter(([, node]) => node.heardAt < since).map(([nodeId]) => nodeId);
  }

  /** Silence says nothing about the others while it is this node that hears nobody. */
  excuseSilence(): void {
    for (const node of this.#nodes.values()) node.heardAt = performance.now();
  }
}
