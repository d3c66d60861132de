import {
  changesAnswerSchema,
  conversationAnswerSchema,
  createConversationBodySchema,
  createGroupFormSchema,
  listConversationsAnswerSchema,
  listConversationsQuerySchema,
} from "@confab/shared/conversations";
import { idSchema } from "@confab/shared/ids";
import { listChangesQuerySchema } from "@confab/shared/messages";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../core/deps.ts";
import { answerForm, type FormPost } from "../../plugins/forms.ts";
import { principalOf } from "../../plugins/session.ts";
import { getConversation, listAllConversations, listOwnConversations } from "./conversations.access.ts";
import { createDirect, createGroup, listChanges } from "./conversations.service.ts";

const params = z.strictObject({ id: idSchema });

export async function conversationsRoutes(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    "/api/v1/conversations",
    { schema: { querystring: listConversationsQuerySchema, response: { 200: listConversationsAnswerSchema } } },
    async (request) => {
      const list = request.query.scope === "all" ? listAllConversations : listOwnConversations;
      return { conversations: await list(deps.db, principalOf(request)) };
    },
  );

  routes.post(
    "/api/v1/conversations",
    {
      schema: {
        body: createConversationBodySchema,
        response: { 200: conversationAnswerSchema, 201: conversationAnswerSchema },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      if (request.body.kind === "direct") {
        const { conversation, is_new } = await createDirect(deps, principal, request.body.user_id);
        return reply.code(is_new ? 201 : 200).send({ conversation });
      }
      return reply.code(201).send({ conversation: await createGroup(deps, principal, request.body) });
    },
  );

  routes.get(
    "/api/v1/conversations/:id",
    { schema: { params, response: { 200: conversationAnswerSchema } } },
    async (request) => ({
      conversation: await getConversation(deps.db, principalOf(request), request.params.id),
    }),
  );

  routes.get(
    "/api/v1/conversations/:id/changes",
    { schema: { params, querystring: listChangesQuerySchema, response: { 200: changesAnswerSchema } } },
    (request) => listChanges(deps, principalOf(request), request.params.id, request.query),
  );

  app.post("/groups/create", { config: { formPage: "/groups/create" } }, (request, reply) =>
    answerForm(request, reply, createGroupForm(deps, request)),
  );
}

type GroupForm = z.output<typeof createGroupFormSchema>;

/** The reference's form: a single chosen member arrives as text, several as a list. */
function createGroupForm(deps: Deps, request: Parameters<typeof principalOf>[0]): FormPost<GroupForm> {
  return {
    schema: createGroupFormSchema,
    listFields: ["members"],
    next: "/groups",
    act: async ({ members, ...group }) => ({
      status: 201,
      body: {
        conversation: await createGroup(deps, principalOf(request), { ...group, member_ids: members ?? [] }, "members"),
      },
      flash: `The group “${group.name}” is ready.`,
    }),
  };
}
