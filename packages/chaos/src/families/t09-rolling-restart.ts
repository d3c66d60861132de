import { CLOSE_CODES } from "@confab/shared/events";
import { of } from "../checker/evidence.ts";
import type { Family } from "./family.ts";
import { expectQuickResume } from "./quick-resume.ts";

const EXIT_MS_MAX = 15_000;

export const rollingRestart: Family = {
  name: "T9",
  title: "rolling restart of two nodes by SIGTERM",
  nodes: 2,
  readers: { quick: 12, full: 36 },
  async run(scene) {
    for (let n = 0; n < scene.count(4, 10); n += 1) {
      await scene.calm(300, 1_000);
      scene.fault(`SIGTERM to ${scene.node(n).name}`);
      const { code, ms } = await scene.node(n).stop();
      scene.figures.slowest_exit_ms = Math.max(scene.figures.slowest_exit_ms ?? 0, Math.round(ms));
      scene.expect(code === 0, `exit code 0 after SIGTERM (it was ${code})`);
      scene.expect(ms < EXIT_MS_MAX, `exit within 15 s of SIGTERM (it took ${Math.round(ms)} ms)`);
      await scene.node(n).start();
    }
    await scene.pause(1_000);
    const { failed } = scene.balancer;
    scene.figures.failed_at_balancer = failed.length;
    scene.expect(failed.length === 0, `every request has an answer (${failed.length} had none: ${failed[0]})`);
  },
  judge(scene, evidence) {
    const codes = of(evidence.records, "lost").map(({ code }) => code);
    const others = codes.filter((code) => code !== CLOSE_CODES.restarting);
    scene.figures.closed_with_1012 = codes.length - others.length;
    scene.expect(others.length === 0, `every socket is closed with 1012 (${others.length} were not: ${others[0]})`);
    const failed = of(evidence.records, "send").filter(
      (send) => send.phase === "unknown" && send.code !== "connection_lost",
    );
    const codesOfFailed = failed.map((send) => (send.phase === "unknown" ? send.code : ""));
    scene.figures.failed_requests = failed.length;
    scene.expect(failed.length === 0, `no send fails (${failed.length} did: ${codesOfFailed[0]})`);
    expectQuickResume(scene, evidence);
  },
};
