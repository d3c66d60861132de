import { type LoginBody, loginBodySchema } from "@confab/shared/auth";
import { checkAnswerSchema, refreshBodySchema, tokenAnswerSchema } from "@confab/shared/tokens";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { bearerOf } from "../../plugins/access-tokens.ts";
import { presentProblem } from "../../plugins/error-handler.ts";
import { limited } from "../../plugins/rate-limit.ts";
import { parseWith } from "../../plugins/schema-compiler.ts";
import { principalOf } from "../../plugins/session.ts";
import { checkPassword } from "../auth/auth.service.ts";
import { sessionOrigin } from "../sessions/sessions.ts";
import { issueTokens, refreshTokens, type TokenOwner } from "./tokens.service.ts";

/** The reference's token routes, for programs. Preflights are answered by the CORS plugin. */
export async function tokensRoutes(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const options = { config: limited("sign_in", deps.config), schema: { response: { 200: tokenAnswerSchema } } };
  app.addHook("onSend", async (_request, reply) => void reply.header("cache-control", "no-store"));

  routes.post("/token", options, async (request) => {
    const user = await checkPassword(deps, parseWith(loginBodySchema, request.body));
    return issueTokens(deps, app, { userId: user.id, ground: user }, sessionOrigin(request));
  });

  // No HEAD: it would open a session whose tokens nobody ever sees.
  routes.get("/token", { ...options, exposeHeadRoute: false }, async (request) =>
    issueTokens(deps, app, await ownerOf(deps, request), sessionOrigin(request)),
  );

  const methods = ["GET", "POST", "OPTIONS"];
  app.options("/token", { config: { cors: { methods } } }, async (_request, reply) =>
    reply.code(204).header("access-control-allow-methods", methods.join(", ")).send(),
  );

  const refreshOptions = { config: { mayBeEmpty: true }, schema: { response: { 200: tokenAnswerSchema } } } as const;
  routes.post("/refresh", refreshOptions, async (request) => {
    const body = parseWith(refreshBodySchema, request.body ?? {});
    const token = body.refresh_token ?? bearerOf(request);
    if (!token) throw new AppError("sign_in_required");
    return refreshTokens(deps, app, token, request.ip);
  });

  app.get("/check", async (request, reply) => {
    const { principal } = request;
    if (!principal || bearerOf(request) === null) {
      const problem = presentProblem(new AppError("sign_in_required"), request.id);
      return reply
        .code(401)
        .type("application/problem+json; charset=utf-8")
        .send(JSON.stringify({ authenticated: false, ...problem }));
    }
    const { user_id, username, email, role } = principal;
    const message = "User is authenticated";
    return checkAnswerSchema.parse({ authenticated: true, user_id, user: user_id, email, username, role, message });
  });
}

/**
 * Whom a `GET /token` is for: the name and password of HTTP Basic (RFC 7617), or else the browser's session. An access
 * token is not enough: it would turn the ten minutes of a leaked one into months.
 */
async function ownerOf(deps: Deps, request: FastifyRequest): Promise<TokenOwner> {
  const { authorization } = request.headers;
  if (authorization === undefined && bearerOf(request) === null) {
    const { user_id, session_id } = principalOf(request);
    return { userId: user_id, ground: { session_id } };
  }
  const credentials = readBasic(authorization ?? "");
  if (credentials === null) throw new AppError("sign_in_required");
  const user = await checkPassword(deps, credentials);
  return { userId: user.id, ground: user };
}

function readBasic(authorization: string): LoginBody | null {
  const encoded = /^Basic +([a-z\d+/]+={0,2}) *$/i.exec(authorization)?.[1];
  const [, username, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString()) ?? [];
  return loginBodySchema.safeParse({ username, password }).data ?? null;
}
