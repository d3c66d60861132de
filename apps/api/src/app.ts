import { fileURLToPath } from "node:url";
import { BODY_BYTES_MAX, EMAIL_MAX } from "@confab/shared/limits";
import compress from "@fastify/compress";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { type Bus, NO_BUS } from "./core/bus.ts";
import { PostgresBus } from "./core/bus-postgres.ts";
import type { Config } from "./core/config.ts";
import { type Ask, ask, type Db, openPlanned } from "./core/db.ts";
import type { Log } from "./core/deps.ts";
import { Hub } from "./core/hub.ts";
import { Life } from "./core/life.ts";
import { accountsRoutes } from "./features/accounts/accounts.routes.ts";
import { auditRoutes } from "./features/audit/audit.routes.ts";
import { authRoutes } from "./features/auth/auth.routes.ts";
import { conversationsRoutes } from "./features/conversations/conversations.routes.ts";
import { groupsRoutes } from "./features/groups/groups.routes.ts";
import { healthRoutes } from "./features/health/health.routes.ts";
import { invitesRoutes } from "./features/invites/invites.routes.ts";
import { meRoutes } from "./features/me/me.routes.ts";
import { Audiences } from "./features/members/audiences.ts";
import { membersRoutes } from "./features/members/members.routes.ts";
import { MessageAnnouncer } from "./features/messages/message-announcer.ts";
import { MessageLimits } from "./features/messages/message-limits.ts";
import { messagesRoutes } from "./features/messages/messages.routes.ts";
import { MessageWriter } from "./features/messages/messages.writer.ts";
import { pagesRoutes } from "./features/pages/pages.routes.ts";
import { readMarkersRoutes } from "./features/read-markers/read-markers.routes.ts";
import { isSocketUpgrade, realtimeRoutes } from "./features/realtime/realtime.routes.ts";
import { referenceRoutes } from "./features/reference/reference.routes.ts";
import { sessionsRoutes } from "./features/sessions/sessions.routes.ts";
import { tokensRoutes } from "./features/tokens/tokens.routes.ts";
import { usersRoutes } from "./features/users/users.routes.ts";
import { workspaceRoutes } from "./features/workspace/workspace.routes.ts";
import { accessTokens } from "./plugins/access-tokens.ts";
import { bodies, parseQuery } from "./plugins/bodies.ts";
import { crossOrigin } from "./plugins/cross-origin.ts";
import { draining } from "./plugins/draining.ts";
import { errorHandler, sendClientError, sendFrameworkError } from "./plugins/error-handler.ts";
import { rateLimit } from "./plugins/rate-limit.ts";
import { schemaCompilers } from "./plugins/schema-compiler.ts";
import { security } from "./plugins/security.ts";
import { session } from "./plugins/session.ts";
import { webApp } from "./plugins/web-app.ts";

/** Where Vite puts the built web app. */
export const WEB_DIST = fileURLToPath(new URL("../../web/dist", import.meta.url));

export interface AppOptions {
  readonly config: Config;
  readonly db: Db;
  readonly logger?: FastifyServerOptions["logger"];
  readonly distDir?: string;
}

/** What the features share, put together: for the server, and for commands that call services without one. */
export function wire(
  config: Config,
  db: Db,
  log: Log,
  bus: Bus = NO_BUS,
  askPlanned: Ask = (statement) => ask(db, statement),
) {
  const hub = new Hub(bus);
  const audiences = new Audiences(db);
  const announcer = new MessageAnnouncer({ db, hub, log, audiences });
  const writer = new MessageWriter(askPlanned, (batch) => announcer.announceCommitted(batch), hub);
  const messageLimits = new MessageLimits(config.rateLimitScale);
  return { config, db, hub, log, life: new Life(), audiences, announcer, writer, messageLimits };
}

/** How this node talks to others: by Redis if there is one, by the database otherwise. */
async function chooseBus(config: Config, log: Log): Promise<Bus> {
  if (config.redisUrl) {
    // Most have none, and its library takes memory and a tenth of the start.
    const { RedisBus } = await import("./core/bus-redis.ts");
    return new RedisBus(config.redisUrl, log);
  }
  return config.databaseUrl ? new PostgresBus(config.databaseUrl, log) : NO_BUS;
}

/** The whole server, wired but not listening: the table of contents. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { config, db } = options;
  const app = Fastify({
    logger: options.logger ?? false,
    trustProxy: config.trustProxy.length > 0 ? config.trustProxy : false,
    bodyLimit: BODY_BYTES_MAX,
    // Slow senders are cut off; the platform's own limit for headers must be the smaller of the two to have effect.
    requestTimeout: 15_000,
    // Some HTTP clients offer HTTP/2 with every request; only the socket's own address leaves HTTP, all else is answered.
    http: { headersTimeout: 10_000, shouldUpgradeCallback: isSocketUpgrade },
    forceCloseConnections: "idle",
    // Whoever still comes while the server ends is served, too.
    return503OnClosing: false,
    schemaController: { compilersFactory: schemaCompilers },
    frameworkErrors: sendFrameworkError,
    clientErrorHandler: sendClientError,
    // An e-mail address may stand in an address, each of its characters as three.
    routerOptions: { querystringParser: parseQuery, maxParamLength: 3 * EMAIL_MAX },
  });
  const planned = config.databaseUrl ? openPlanned(config.databaseUrl) : null;
  app.addHook("onClose", async () => planned?.close());
  const deps = wire(config, db, app.log, await chooseBus(config, app.log), planned?.ask);

  await app.register(draining, { life: deps.life });
  await app.register(errorHandler);
  await app.register(bodies);
  await app.register(security, { config });
  await app.register(rateLimit, { db });
  await app.register(compress, { encodings: ["br", "gzip"], threshold: 2048 });
  await app.register(crossOrigin, { config });
  await app.register(accessTokens, { config, db });
  await app.register(session, { config, db });
  await app.register(webApp, { distDir: options.distDir ?? WEB_DIST });

  await app.register(usersRoutes, { deps });
  await app.register(membersRoutes, { deps });
  await app.register(messagesRoutes, { deps });
  await app.register(readMarkersRoutes, { deps });
  await app.register(conversationsRoutes, { deps });
  await app.register(groupsRoutes, { deps });
  await app.register(invitesRoutes, { deps });
  await app.register(sessionsRoutes, { deps });
  await app.register(authRoutes, { deps });
  await app.register(meRoutes, { deps });
  await app.register(accountsRoutes, { deps });
  await app.register(tokensRoutes, { deps });
  await app.register(auditRoutes, { deps });
  await app.register(workspaceRoutes, { deps });
  await app.register(referenceRoutes, { deps });
  await app.register(realtimeRoutes, { deps });
  await app.register(healthRoutes, { deps });
  await app.register(pagesRoutes, { deps });
  return app;
}
