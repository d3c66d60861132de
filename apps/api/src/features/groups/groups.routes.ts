import { conversationAnswerSchema } from "@confab/shared/conversations";
import {
  deleteGroupBodySchema,
  leaveGroupBodySchema,
  listGroupsAnswerSchema,
  listGroupsQuerySchema,
  listVisitsAnswerSchema,
  transferGroupBodySchema,
  updateGroupBodySchema,
} from "@confab/shared/groups";
import { idSchema } from "@confab/shared/ids";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { WITHOUT_BODY } from "../../plugins/bodies.ts";
import { principalOf } from "../../plugins/session.ts";
import { deleteGroup } from "./delete-group.ts";
import { groupMembersRoutes } from "./group-members.routes.ts";
import type { GroupDeps } from "./group-members.service.ts";
import { listGroups, setArchived, transferGroup, updateGroup } from "./groups.service.ts";
import { leaveGroup } from "./leave-group.ts";
import { listVisits } from "./visits.service.ts";

const params = z.strictObject({ id: idSchema });
const response = { 200: conversationAnswerSchema };

export async function groupsRoutes(app: FastifyInstance, { deps }: { deps: GroupDeps }): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    "/api/v1/groups",
    { schema: { querystring: listGroupsQuerySchema, response: { 200: listGroupsAnswerSchema } } },
    (request) => listGroups(deps, principalOf(request), request.query),
  );

  routes.patch(
    "/api/v1/conversations/:id",
    { schema: { params, body: updateGroupBodySchema, response } },
    async (request) => ({
      conversation: await updateGroup(deps, principalOf(request), request.params.id, request.body),
    }),
  );

  for (const [act, isArchived] of [
    ["archive", true],
    ["restore", false],
  ] as const)
    routes.post(
      `/api/v1/conversations/:id/${act}`,
      { config: WITHOUT_BODY.config, schema: { params, body: WITHOUT_BODY.body, response } },
      async (request) => ({
        conversation: await setArchived(deps, principalOf(request), request.params.id, isArchived),
      }),
    );

  routes.put(
    "/api/v1/conversations/:id/owner",
    { schema: { params, body: transferGroupBodySchema, response } },
    async (request) => ({
      conversation: await transferGroup(deps, principalOf(request), request.params.id, request.body.user_id),
    }),
  );

  routes.post(
    "/api/v1/conversations/:id/delete",
    { schema: { params, body: deleteGroupBodySchema } },
    async (request, reply) => {
      await deleteGroup(deps, principalOf(request), request.params.id, request.body.name);
      return reply.code(204).send();
    },
  );

  routes.post(
    "/api/v1/conversations/:id/leave",
    { schema: { params, body: leaveGroupBodySchema } },
    async (request, reply) => {
      await leaveGroup(deps, principalOf(request), request.params.id, request.body.successor_id);
      return reply.code(204).send();
    },
  );

  routes.get(
    "/api/v1/conversations/:id/visits",
    { schema: { params, response: { 200: listVisitsAnswerSchema } } },
    async (request) => ({ visits: await listVisits(deps, principalOf(request), request.params.id) }),
  );

  await groupMembersRoutes(app, { deps });
}
