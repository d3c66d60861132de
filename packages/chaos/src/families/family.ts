import type { Evidence } from "../checker/evidence.ts";
import type { Scene } from "../supervisor/scene.ts";

/** One kind of fault, and what has to hold beyond the invariants. */
export interface Family {
  readonly name: string;
  readonly title: string;
  readonly nodes: 1 | 2;
  /** How many people read without writing, beside those who do both; and how much each of these writes a second. */
  readonly readers?: { readonly quick: number; readonly full: number };
  readonly sendsPerSecond?: number;
  /** So many of the readers are in a process of their own. */
  readonly sleepers?: number;
  /** So many people come for this family alone, and may lose their accounts. */
  readonly visitors?: number;
  readonly contentLength?: number;
  readonly heartbeatMs?: number;
  /** Why it cannot run on this machine, or null. */
  readonly cannotRun?: () => string | null;
  /** Starts what the nodes need, before them; ends it after them. */
  readonly prepare?: (folder: string) => Promise<void>;
  readonly finish?: () => Promise<void>;
  /** Of the node with this number, from 0. */
  readonly environment?: (node: number) => Record<string, string>;
  /** Does the harm, while everybody reads and writes. */
  run(scene: Scene): Promise<void>;
  /** Looks at the histories afterwards. */
  judge?(scene: Scene, evidence: Evidence): void;
}
