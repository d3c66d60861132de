import type { FastifyInstance } from "fastify";
import type { Deps } from "../../core/deps.ts";
import type { Life } from "../../core/life.ts";
import { askReadiness } from "./readiness.ts";

/** `/healthz`: the process lives, whatever else does. `/readyz`: it can serve, and wants to. For supervisors and load balancers. */
export async function healthRoutes(app: FastifyInstance, { deps }: { deps: Deps & { life: Life } }): Promise<void> {
  const readiness = await askReadiness(deps);
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    deps.life.noteQuestion();
    const found = deps.life.isStopping ? ({ status: "stopping" } as const) : await readiness();
    return reply
      .code(found.status === "ready" ? 200 : 503)
      .header("cache-control", "no-store")
      .send(found);
  });
}
