import { idSchema } from "@confab/shared/ids";
import { endSessionsQuerySchema, listSessionsAnswerSchema, listSessionsQuerySchema } from "@confab/shared/sessions";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../core/deps.ts";
import { WITHOUT_BODY } from "../../plugins/bodies.ts";
import { clearSessionCookie, principalOf } from "../../plugins/session.ts";
import { endOwnSession, endOwnSessions, listOwnSessions } from "./sessions.service.ts";

export async function sessionsRoutes(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    "/api/v1/sessions",
    { schema: { querystring: listSessionsQuerySchema, response: { 200: listSessionsAnswerSchema } } },
    (request) => listOwnSessions(deps, principalOf(request), request.query),
  );

  const { body, config } = WITHOUT_BODY;
  routes.delete(
    "/api/v1/sessions",
    { config, schema: { querystring: endSessionsQuerySchema, body } },
    async (request, reply) => {
      const { scope = "all" } = request.query;
      await endOwnSessions(deps, principalOf(request), scope);
      if (scope === "all") clearSessionCookie(reply, deps.config);
      return reply.code(204).send();
    },
  );

  routes.delete(
    "/api/v1/sessions/:id",
    { config, schema: { params: z.strictObject({ id: idSchema }), body } },
    async (request, reply) => {
      const principal = principalOf(request);
      await endOwnSession(deps, principal, request.params.id);
      if (request.params.id === principal.session_id) clearSessionCookie(reply, deps.config);
      return reply.code(204).send();
    },
  );
}
