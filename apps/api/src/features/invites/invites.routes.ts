import { conversationAnswerSchema } from "@confab/shared/conversations";
import { idSchema } from "@confab/shared/ids";
import {
  createInviteBodySchema,
  inviteAnswerSchema,
  inviteTokenBodySchema,
  listInvitesAnswerSchema,
  listInvitesQuerySchema,
  listInviteUsesAnswerSchema,
  listInviteUsesQuerySchema,
  openInviteAnswerSchema,
} from "@confab/shared/invites";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { WITHOUT_BODY } from "../../plugins/bodies.ts";
import { limited } from "../../plugins/rate-limit.ts";
import { principalOf } from "../../plugins/session.ts";
import type { GroupDeps } from "../groups/group-members.service.ts";
import { joinByInvite } from "./enter-by-invite.ts";
import { createInvite, listInvites, listInviteUses, revokeInvite } from "./invites.service.ts";
import { type InviteDeps, openInvite } from "./open-invites.ts";

/** `id` is the conversation's; the addresses of invites to an account have none. */
const targetParams = z.strictObject({ id: idSchema.optional() });
const inviteParams = targetParams.extend({ invite_id: idSchema });

export async function invitesRoutes(app: FastifyInstance, { deps: given }: { deps: GroupDeps }): Promise<void> {
  const deps: InviteDeps = { ...given, tokenSecret: app.tokenSecret };
  const routes = app.withTypeProvider<ZodTypeProvider>();
  keepInvites(app, deps, "/api/v1/conversations/:id/invites");
  keepInvites(app, deps, "/api/v1/invites");

  routes.post(
    "/api/v1/invites/open",
    {
      config: limited("invite_opening", deps.config),
      schema: { body: inviteTokenBodySchema, response: { 200: openInviteAnswerSchema } },
    },
    async (request) => ({ invite: await openInvite(deps, request.body.token) }),
  );

  routes.post(
    "/api/v1/invites/join",
    { schema: { body: inviteTokenBodySchema, response: { 200: conversationAnswerSchema } } },
    async (request) => ({ conversation: await joinByInvite(deps, principalOf(request), request.body.token) }),
  );
}

/** What whoever may make invites does with them, at the address where those to one target are. */
function keepInvites(app: FastifyInstance, deps: InviteDeps, address: string): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    address,
    {
      schema: {
        params: targetParams,
        querystring: listInvitesQuerySchema,
        response: { 200: listInvitesAnswerSchema },
      },
    },
    (request) => listInvites(deps, principalOf(request), request.params.id ?? null, request.query),
  );

  routes.post(
    address,
    { schema: { params: targetParams, body: createInviteBodySchema, response: { 201: inviteAnswerSchema } } },
    async (request, reply) => {
      const invite = await createInvite(deps, principalOf(request), request.params.id ?? null, request.body);
      return reply.code(201).send({ invite });
    },
  );

  const { body, config } = WITHOUT_BODY;
  routes.delete(`${address}/:invite_id`, { config, schema: { params: inviteParams, body } }, async (request, reply) => {
    const { id = null, invite_id } = request.params;
    await revokeInvite(deps, principalOf(request), id, invite_id);
    return reply.code(204).send();
  });

  routes.get(
    `${address}/:invite_id/uses`,
    {
      schema: {
        params: inviteParams,
        querystring: listInviteUsesQuerySchema,
        response: { 200: listInviteUsesAnswerSchema },
      },
    },
    (request) => {
      const { id = null, invite_id } = request.params;
      return listInviteUses(deps, principalOf(request), id, invite_id, request.query);
    },
  );
}
