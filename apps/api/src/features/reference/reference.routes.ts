import { idSchema } from "@confab/shared/ids";
import {
  referenceConversationAnswerSchema,
  referenceMessagesQuerySchema,
  userConversationsAnswerSchema,
} from "@confab/shared/reference";
import { textSchema } from "@confab/shared/text";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../core/deps.ts";
import { principalOf } from "../../plugins/session.ts";
import { getConversation } from "../conversations/conversations.access.ts";
import { openVisibleConversation } from "../members/members.access.ts";
import { streamReferenceMessages } from "./reference.pages.ts";
import { listUserConversations } from "./reference.service.ts";

const params = z.strictObject({ conv_id: idSchema });

/** The reference's JSON routes: the same data and rights as /api/v1, in the shapes its clients know. */
export async function referenceRoutes(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    "/user/:user_id/conversations",
    {
      schema: {
        params: z.strictObject({ user_id: textSchema({ min: 1, max: 254 }) }),
        response: { 200: userConversationsAnswerSchema },
      },
    },
    (request) => listUserConversations(deps, principalOf(request), request.params.user_id),
  );

  routes.get(
    "/conversation/:conv_id",
    { schema: { params, response: { 200: referenceConversationAnswerSchema } } },
    async (request) => {
      const { other, ...conversation } = await getConversation(deps.db, principalOf(request), request.params.conv_id);
      return { messages: { ...conversation, name: conversation.name ?? other?.username ?? "" } };
    },
  );

  routes.get(
    "/conversation/:conv_id/messages",
    // No HEAD: it would read everything for nobody, and no client could stop it.
    { exposeHeadRoute: false, schema: { params, querystring: referenceMessagesQuerySchema } },
    async (request, reply) => {
      const { id, last_seq } = await openVisibleConversation(deps.db, principalOf(request), request.params.conv_id);
      return reply
        .type("application/json; charset=utf-8")
        .send(streamReferenceMessages(deps, id, last_seq, request.query));
    },
  );
}
