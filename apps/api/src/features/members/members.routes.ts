import { listMembersAnswerSchema, listMembersQuerySchema } from "@confab/shared/conversations";
import { idSchema } from "@confab/shared/ids";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../core/deps.ts";
import { principalOf } from "../../plugins/session.ts";
import { listMembers } from "./members.service.ts";

export async function membersRoutes(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  app.withTypeProvider<ZodTypeProvider>().get(
    "/api/v1/conversations/:id/members",
    {
      schema: {
        params: z.strictObject({ id: idSchema }),
        querystring: listMembersQuerySchema,
        response: { 200: listMembersAnswerSchema },
      },
    },
    (request) => listMembers(deps, principalOf(request), request.params.id, request.query),
  );
}
