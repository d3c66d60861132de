import type { Evidence } from "../checker/evidence.ts";
import { percentile, resumeTimes } from "../figures.ts";
import type { Scene } from "../supervisor/scene.ts";

const RESUME_MS_MAX = 5_000;

/** Whoever lost a connection has another, and its snapshot, soon: where there is another node to go to. */
export function expectQuickResume(scene: Scene, evidence: Evidence): void {
  const p99 = percentile(resumeTimes(evidence), 0.99);
  scene.expect(p99 !== null, "somebody's connection is lost");
  scene.expect(p99 === null || p99 <= RESUME_MS_MAX, `connections resume within 5 s (p99 was ${p99} ms)`);
}
