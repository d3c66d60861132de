import {
  changeEmailBodySchema,
  changePasswordBodySchema,
  claimAccountBodySchema,
  deleteMeBodySchema,
  meAnswerSchema,
  updateMeBodySchema,
} from "@confab/shared/users";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Deps } from "../../core/deps.ts";
import { limited, limitedByPerson } from "../../plugins/rate-limit.ts";
import { clearSessionCookie, principalOf } from "../../plugins/session.ts";
import type { Audiences } from "../members/audiences.ts";
import { claimAccount } from "./claim-account.ts";
import { deleteMe } from "./delete-me.ts";
import { changeEmail, changePassword, updateMe } from "./me.service.ts";

export async function meRoutes(
  app: FastifyInstance,
  { deps }: { deps: Deps & { audiences: Audiences } },
): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const response = { 200: meAnswerSchema };
  /** A password can be guessed here as at the sign-in page. */
  const config = limited("sign_in", deps.config);

  routes.patch(
    "/api/v1/me",
    { config: limitedByPerson("profile", deps.config), schema: { body: updateMeBodySchema, response } },
    async (request) => ({ me: await updateMe(deps, principalOf(request), request.body) }),
  );

  routes.put("/api/v1/me/email", { config, schema: { body: changeEmailBodySchema, response } }, async (request) => ({
    me: await changeEmail(deps, principalOf(request), request.body),
  }));

  routes.put("/api/v1/me/password", { config, schema: { body: changePasswordBodySchema } }, async (request, reply) => {
    await changePassword(deps, principalOf(request), request.body);
    return reply.code(204).send();
  });

  routes.post(
    "/api/v1/me/claim",
    { config: limited("registration", deps.config), schema: { body: claimAccountBodySchema, response } },
    async (request) => ({ me: await claimAccount(deps, principalOf(request), request.body) }),
  );

  routes.post("/api/v1/me/delete", { config, schema: { body: deleteMeBodySchema } }, async (request, reply) => {
    await deleteMe(deps, principalOf(request), request.body);
    clearSessionCookie(reply, deps.config);
    return reply.code(204).send();
  });
}
