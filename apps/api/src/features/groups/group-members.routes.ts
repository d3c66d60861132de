import {
  addMembersAnswerSchema,
  addMembersBodySchema,
  changeMemberRoleBodySchema,
  memberAnswerSchema,
} from "@confab/shared/groups";
import { idSchema } from "@confab/shared/ids";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { WITHOUT_BODY } from "../../plugins/bodies.ts";
import { principalOf } from "../../plugins/session.ts";
import { addMembers, changeMemberRole, type GroupDeps, removeMember } from "./group-members.service.ts";

const params = z.strictObject({ id: idSchema, user_id: idSchema });

export async function groupMembersRoutes(app: FastifyInstance, { deps }: { deps: GroupDeps }): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const url = "/api/v1/conversations/:id/members";

  routes.post(
    url,
    {
      schema: {
        params: params.pick({ id: true }),
        body: addMembersBodySchema,
        response: { 200: addMembersAnswerSchema },
      },
    },
    async (request) => ({
      members: await addMembers(deps, principalOf(request), request.params.id, request.body.user_ids),
    }),
  );

  const { body, config } = WITHOUT_BODY;
  routes.delete(`${url}/:user_id`, { config, schema: { params, body } }, async (request, reply) => {
    await removeMember(deps, principalOf(request), request.params.id, request.params.user_id);
    return reply.code(204).send();
  });

  routes.put(
    `${url}/:user_id/role`,
    { schema: { params, body: changeMemberRoleBodySchema, response: { 200: memberAnswerSchema } } },
    async (request) => {
      const { id, user_id } = request.params;
      return { member: await changeMemberRole(deps, principalOf(request), id, user_id, request.body.role) };
    },
  );
}
