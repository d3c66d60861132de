import type { IncomingMessage } from "node:http";
import { BODY_BYTES_MAX } from "@confab/shared/limits";
import websocket from "@fastify/websocket";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import { AppError } from "../../core/errors.ts";
import { PART_EVERY_MS } from "../../core/looks.ts";
import { bearerOf } from "../../plugins/access-tokens.ts";
import { isOwnOrigin } from "../../plugins/security.ts";
import { principalOf } from "../../plugins/session.ts";
import type { RealtimeDeps } from "./commands.ts";
import { heedBus } from "./heed-bus.ts";
import { Leaving } from "./leaving.ts";
import { watchMoves } from "./move-watch.ts";
import { openConnection } from "./open-connection.ts";
import { Presence } from "./presence.ts";
import { watchSessions } from "./session-watch.ts";
import { SocketLimits } from "./socket-limits.ts";

/** A reader that never reads never agrees to be closed; it must hold neither memory nor a restart for longer. */
const CLOSE_TIMEOUT_MS = 3_000;
const SOCKET_OPTIONS = {
  maxPayload: BODY_BYTES_MAX,
  perMessageDeflate: false,
  closeTimeout: CLOSE_TIMEOUT_MS,
  // A message in crumbs costs many times its length; no client sends it in so many.
  maxFragments: 64,
  maxBufferedChunks: 1_024,
  // Answered by ourselves: what a reader that does not read has asked for counts as everything else that waits for it.
  autoPong: false,
};

/** Whether a request wants to become a socket. */
export function isSocketUpgrade(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === "websocket" && /^\/ws(?:\?|$)/.test(request.url ?? "");
}

export async function realtimeRoutes(app: FastifyInstance, { deps }: { deps: RealtimeDeps }): Promise<void> {
  const presence = new Presence(deps);
  const sessions = watchSessions(deps);
  const moves = watchMoves(deps);
  const bus = heedBus(deps, presence, moves);
  const limits = new SocketLimits(deps.config.rateLimitScale);
  const looks = setInterval(() => deps.hub.looks.lookAtNextPart(), PART_EVERY_MS);
  const leaving = new Leaving(deps.hub);
  app.addHook("onReady", () => bus.start());

  await app.register(websocket, {
    options: SOCKET_OPTIONS,
    errorHandler: endFailedSocket,
    preClose: () => leaving.begin(),
  });
  // A refused upgrade is no longer the HTTP server's to end: left alone it would stay open for good, also on close.
  app.addHook("onResponse", async (request) => {
    if (request.headers.upgrade !== undefined) request.raw.socket.destroy();
  });
  app.addHook("onClose", async () => {
    clearInterval(looks);
    sessions.stop();
    moves.stop();
    presence.stop();
    await bus.stop();
  });

  const connectionDeps = { ...deps, presence, sessions, leaving, limits };
  const hooks = { preValidation: [refuseForeignPages, refuseTooMany], preHandler: letGoOfReply };
  app.get("/ws", { websocket: true, ...hooks }, (socket, request) => {
    // The library's listener would keep the request and its reply for as long as the socket lives.
    socket.removeAllListeners("error").on("error", endThisSocket);
    openConnection(connectionDeps, socket, request);
  });

  /**
   * What a client does to its own connection is no fault of ours, and the library has begun to close it with the code that
   * says so; what is thrown while opening one is.
   */
  function endFailedSocket(error: Error, socket: WebSocket): void {
    const isTheirs = "code" in error && /^(WS_ERR_|E[A-Z]+$)/.test(String(error.code));
    deps.log[isTheirs ? "debug" : "error"]({ err: error }, "socket failed");
    if (!isTheirs) socket.terminate();
  }

  function endThisSocket(this: WebSocket, error: Error): void {
    endFailedSocket(error, this);
  }

  /** Nothing can refuse the upgrade any more; the network socket, too, would keep the reply that is never sent. */
  async function letGoOfReply(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (request.ws) reply.raw.detachSocket(request.raw.socket);
  }

  /** A cookie travels with any page's upgrade request; only our own pages may use it. A token nobody sends by accident. */
  async function refuseForeignPages(request: FastifyRequest): Promise<void> {
    const { origin } = request.headers;
    if (bearerOf(request) !== null) return;
    if (origin === undefined || !isOwnOrigin(origin, request, deps.config)) throw new AppError("origin_refused");
  }

  async function refuseTooMany(request: FastifyRequest): Promise<void> {
    if (request.ws) limits.admit(principalOf(request), request.raw.socket);
  }
}
