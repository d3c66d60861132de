import { guestBodySchema, loginBodySchema, registerBodySchema } from "@confab/shared/auth";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../../core/deps.ts";
import { answerForm } from "../../plugins/forms.ts";
import { limited, limitedByBody } from "../../plugins/rate-limit.ts";
import { clearSessionCookie, setSessionCookie } from "../../plugins/session.ts";
import { holdsOurInvite } from "../invites/open-invites.ts";
import type { Audiences } from "../members/audiences.ts";
import { sessionOrigin } from "../sessions/sessions.ts";
import { enterAsGuest, register, type SignedIn, signIn, signOut } from "./auth.service.ts";
import { startHousekeeping } from "./housekeeping.ts";

export async function authRoutes(
  app: FastifyInstance,
  { deps: given }: { deps: Deps & { audiences: Audiences } },
): Promise<void> {
  const deps = { ...given, tokenSecret: app.tokenSecret };
  /** A made-up link counts among the few tries without one. */
  const entryLimit = (body: unknown) => (holdsOurInvite(deps, body) ? "guest_entry_by_link" : "guest_entry");
  const stopHousekeeping = startHousekeeping(deps);
  app.addHook("onClose", async () => stopHousekeeping());

  const signedIn = (reply: FastifyReply, status: number, { answer, token }: SignedIn) => {
    setSessionCookie(reply, deps.config, token);
    return { status, body: answer };
  };

  app.post(
    "/register",
    { config: { formPage: "/register", ...limited("registration", deps.config) } },
    (request, reply) =>
      answerForm(request, reply, {
        schema: registerBodySchema,
        next: "/login",
        act: async (body) => ({
          status: 201,
          body: await register(deps, body, request.ip),
          flash: "Your account is ready. Sign in with it.",
        }),
      }),
  );

  app.post("/login", { config: { formPage: "/login", ...limited("sign_in", deps.config) } }, (request, reply) =>
    answerForm(request, reply, {
      schema: loginBodySchema,
      next: "/",
      act: async (body) => signedIn(reply, 200, await signIn(deps, body, sessionOrigin(request))),
    }),
  );

  app.post("/guest", { config: { formPage: "/guest", ...limitedByBody(entryLimit, deps.config) } }, (request, reply) =>
    answerForm(request, reply, {
      schema: guestBodySchema,
      next: "/",
      act: async (body) => signedIn(reply, 201, await enterAsGuest(deps, body, sessionOrigin(request))),
    }),
  );

  const endSession = async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.principal) await signOut(deps, request.principal);
    clearSessionCookie(reply, deps.config);
  };

  app.post("/logout", async (request, reply) => {
    await endSession(request, reply);
    return reply.code(204).send();
  });

  app.get("/logout", { exposeHeadRoute: false }, async (request, reply) => {
    await endSession(request, reply);
    return reply.redirect("/auth/login", 302);
  });
}
