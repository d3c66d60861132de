import {
  accountRowAnswerSchema,
  changeRoleBodySchema,
  createAccountAnswerSchema,
  createAccountBodySchema,
  listAccountsAnswerSchema,
  listAccountsQuerySchema,
  passwordResetAnswerSchema,
  resetPasswordAnswerSchema,
  resetPasswordBodySchema,
} from "@confab/shared/accounts";
import { idSchema } from "@confab/shared/ids";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../core/deps.ts";
import { WITHOUT_BODY } from "../../plugins/bodies.ts";
import { limited } from "../../plugins/rate-limit.ts";
import { principalOf } from "../../plugins/session.ts";
import type { Audiences } from "../members/audiences.ts";
import { listAccounts } from "./accounts.pages.ts";
import {
  changeRole,
  createAccount,
  deactivateAccount,
  endSessionsOf,
  expireGuest,
  reactivateAccount,
} from "./accounts.service.ts";
import { createPasswordReset, resetPassword } from "./password-resets.service.ts";

const params = z.strictObject({ id: idSchema });
const { body, config } = WITHOUT_BODY;

export async function accountsRoutes(
  app: FastifyInstance,
  { deps }: { deps: Deps & { audiences: Audiences } },
): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    "/api/v1/accounts",
    { schema: { querystring: listAccountsQuerySchema, response: { 200: listAccountsAnswerSchema } } },
    (request) => listAccounts(deps, principalOf(request), request.query),
  );

  routes.post(
    "/api/v1/accounts",
    { schema: { body: createAccountBodySchema, response: { 201: createAccountAnswerSchema } } },
    async (request, reply) => reply.code(201).send(await createAccount(deps, principalOf(request), request.body)),
  );

  routes.put(
    "/api/v1/accounts/:id/role",
    { schema: { params, body: changeRoleBodySchema, response: { 200: accountRowAnswerSchema } } },
    async (request) => ({
      account: await changeRole(deps, principalOf(request), request.params.id, request.body.role),
    }),
  );

  for (const [path, act] of [
    ["deactivate", deactivateAccount],
    ["reactivate", reactivateAccount],
    ["expire", expireGuest],
  ] as const)
    routes.post(
      `/api/v1/accounts/:id/${path}`,
      { config, schema: { params, body, response: { 200: accountRowAnswerSchema } } },
      async (request) => ({ account: await act(deps, principalOf(request), request.params.id) }),
    );

  routes.post(
    "/api/v1/accounts/:id/password-reset",
    { config, schema: { params, body, response: { 201: passwordResetAnswerSchema } } },
    async (request, reply) =>
      reply
        .code(201)
        .send({ password_reset: await createPasswordReset(deps, principalOf(request), request.params.id) }),
  );

  routes.delete("/api/v1/accounts/:id/sessions", { config, schema: { params, body } }, async (request, reply) => {
    await endSessionsOf(deps, principalOf(request), request.params.id);
    return reply.code(204).send();
  });

  routes.post(
    "/api/v1/reset-password",
    {
      config: limited("sign_in", deps.config),
      schema: { body: resetPasswordBodySchema, response: { 200: resetPasswordAnswerSchema } },
    },
    async (request) => ({ username: await resetPassword(deps, request.body, request.ip) }),
  );
}
