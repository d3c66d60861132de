import { setupAnswerSchema, setupBodySchema } from "@confab/shared/auth";
import { updateWorkspaceBodySchema, workspaceSchema } from "@confab/shared/workspace";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Deps } from "../../core/deps.ts";
import { limited } from "../../plugins/rate-limit.ts";
import { findPrincipal, principalOf, setSessionCookie } from "../../plugins/session.ts";
import type { Audiences } from "../members/audiences.ts";
import { sessionOrigin } from "../sessions/sessions.ts";
import { describeMe } from "../users/users.service.ts";
import { describeWorkspace, setUp, updateWorkspace } from "./workspace.service.ts";

export async function workspaceRoutes(
  app: FastifyInstance,
  { deps }: { deps: Deps & { audiences: Audiences } },
): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get("/api/v1/workspace", { schema: { response: { 200: workspaceSchema } } }, () => describeWorkspace(deps));

  routes.patch(
    "/api/v1/workspace",
    { schema: { body: updateWorkspaceBodySchema, response: { 200: workspaceSchema } } },
    (request) => updateWorkspace(deps, principalOf(request), request.body),
  );

  routes.post(
    "/api/v1/setup",
    {
      config: limited("sign_in", deps.config),
      schema: { body: setupBodySchema, response: { 201: setupAnswerSchema } },
    },
    async (request, reply) => {
      const { token } = await setUp(deps, request.body, sessionOrigin(request));
      setSessionCookie(reply, deps.config, token);
      request.principal = await findPrincipal(deps.db, token, request.ip);
      return reply.code(201).send({ me: await describeMe(deps, principalOf(request)) });
    },
  );
}
