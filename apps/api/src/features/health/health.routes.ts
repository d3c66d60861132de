import type { FastifyInstance } from "fastify";
import type { Deps } from "../../core/deps.ts";

/** `/healthz`: the process answers. `/readyz`: it can do its work. For load balancers and supervisors. */
export async function healthRoutes(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async () => {
    await deps.db.$queryRaw`SELECT 1`;
    return { status: "ready" };
  });
}
