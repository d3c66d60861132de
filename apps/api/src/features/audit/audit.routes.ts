import { exportAuditQuerySchema, listAuditAnswerSchema, listAuditQuerySchema } from "@confab/shared/audit";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Deps } from "../../core/deps.ts";
import { listAudit } from "./audit.pages.ts";
import { streamAuditCsv } from "./audit-csv.ts";

export async function auditRoutes(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    "/api/v1/audit",
    { schema: { querystring: listAuditQuerySchema, response: { 200: listAuditAnswerSchema } } },
    (request) => listAudit(deps, request.query),
  );

  routes.get(
    "/api/v1/audit.csv",
    // No HEAD: it would read everything for nobody.
    { exposeHeadRoute: false, schema: { querystring: exportAuditQuerySchema } },
    async (request, reply) => {
      const name = `confab-audit-${new Date().toISOString().slice(0, 10)}.csv`;
      return reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="${name}"`)
        .header("cache-control", "no-store")
        .send(streamAuditCsv(deps, request.query));
    },
  );
}
