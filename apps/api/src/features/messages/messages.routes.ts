import { idSchema } from "@confab/shared/ids";
import { createMessageBodySchema, listMessagesQuerySchema, messageAnswerSchema } from "@confab/shared/messages";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../core/deps.ts";
import { allowanceHeaders } from "../../plugins/rate-limit.ts";
import { principalOf } from "../../plugins/session.ts";
import { listMessages } from "./messages.pages.ts";
import { createMessage, type SendDeps } from "./messages.service.ts";
import { NewestPages } from "./ready-page.ts";

export async function messagesRoutes(app: FastifyInstance, { deps }: { deps: Deps & SendDeps }): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const url = "/api/v1/conversations/:id/messages";
  const listDeps = { db: deps.db, newestPages: new NewestPages() };
  const params = z.strictObject({ id: idSchema });

  routes.get(url, { schema: { params, querystring: listMessagesQuerySchema } }, async (request, reply) => {
    const page = await listMessages(listDeps, principalOf(request), request.params.id, request.query);
    return reply.type("application/json; charset=utf-8").send(page);
  });

  routes.post(
    url,
    {
      schema: {
        params,
        body: createMessageBodySchema,
        response: { 200: messageAnswerSchema, 201: messageAnswerSchema },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const written = await createMessage(deps, principal, request.params.id, request.body);
      void reply.headers(allowanceHeaders(deps.messageLimits.allowanceOf(principal)));
      return reply.code(written.is_new ? 201 : 200).send({ message: written.message });
    },
  );
}
