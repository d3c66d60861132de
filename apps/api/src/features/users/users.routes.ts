import { listUsersAnswerSchema, listUsersQuerySchema, meAnswerSchema } from "@confab/shared/users";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Deps } from "../../core/deps.ts";
import { principalOf } from "../../plugins/session.ts";
import { describeMe, listUsers } from "./users.service.ts";

export async function usersRoutes(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get("/api/v1/me", { schema: { response: { 200: meAnswerSchema } } }, async (request) => ({
    me: await describeMe(deps, principalOf(request)),
  }));

  routes.get(
    "/api/v1/users",
    { schema: { querystring: listUsersQuerySchema, response: { 200: listUsersAnswerSchema } } },
    (request) => listUsers(deps, principalOf(request), request.query),
  );
}
