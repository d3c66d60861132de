import { idSchema } from "@confab/shared/ids";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { isEnough, POLICY, type PolicyRow } from "../../core/policy.ts";
import { mayCreateGroup, readWorkspaceSettings } from "../../core/workspace-settings.ts";
import { toAppError } from "../../plugins/error-handler.ts";
import { principalOf } from "../../plugins/session.ts";
import { sendPage, wantsPage } from "../../plugins/web-app.ts";
import { getVisibleConversation } from "../members/members.access.ts";

const PAGES = Object.entries<PolicyRow>(POLICY)
  .filter(([route, row]) => row.page && route !== "GET /logout")
  .map(([route, row]) => ({ path: route.replace("GET ", ""), row }));

/**
 * Page navigations get their true status before any script runs: the page, a redirect to sign in, 403 or 404. The
 * document is the same single-page application each time.
 */
export async function pagesRoutes(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  app.setErrorHandler(async (error, request, reply) => {
    const { status, code, retryAfter } = toAppError(error);
    if (status < 500 || !wantsPage(request)) throw error;
    request.log.error({ err: error }, code);
    // What the document asks for next will tell it why, and it has the words for a person.
    if (retryAfter !== null) void reply.header("retry-after", retryAfter);
    return sendPage(request, reply, status);
  });
  for (const { path, row } of PAGES)
    app.get(path, async (request, reply) => {
      const isSignedIn = request.principal !== null;
      if (path === "/") return reply.redirect(isSignedIn ? "/conversations" : "/login", 302);
      if (isSignedIn && row.signedOutOnly) return reply.redirect("/conversations", 302);
      if (isEnough(request.principal?.role ?? null, row) && (await mayCreate(deps, request, row)))
        return sendPage(request, reply, await statusOfPage(deps, request, row));
      if (isSignedIn) return sendPage(request, reply, 403);
      return redirectToSignIn(request, reply);
    });
}

/** The page that creates groups is for whom the workspace lets create them. */
async function mayCreate(deps: Deps, request: FastifyRequest, row: PolicyRow): Promise<boolean> {
  if (row.of !== "group_creator") return true;
  return mayCreateGroup(principalOf(request).role, await readWorkspaceSettings(deps.db, deps.config));
}

function redirectToSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 302);
}

async function statusOfPage(deps: Deps, request: FastifyRequest, row: PolicyRow): Promise<200 | 404> {
  if (row.of !== "member_or_admin") return 200;
  const id = idSchema.safeParse((request.params as { id?: string }).id);
  if (!id.success) return 404;
  try {
    await getVisibleConversation(deps.db, principalOf(request), id.data);
    return 200;
  } catch (error) {
    if (error instanceof AppError && error.status === 404) return 404;
    throw error;
  }
}
