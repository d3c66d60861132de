import type { IncomingMessage } from "node:http";
import { CLOSE_CODES } from "@confab/shared/events";
import { newId } from "@confab/shared/ids";
import { BODY_BYTES_MAX } from "@confab/shared/limits";
import websocket from "@fastify/websocket";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import { AppError } from "../../core/errors.ts";
import { Connection } from "../../core/hub.ts";
import { bearerOf } from "../../plugins/access-tokens.ts";
import { isOwnOrigin } from "../../plugins/security.ts";
import { principalOf } from "../../plugins/session.ts";
import { MALFORMED_MAX, obey, presentErrorFrame, type RealtimeDeps, readFrame } from "./commands.ts";
import { heedBus } from "./heed-bus.ts";
import { Leaving } from "./leaving.ts";
import { watchMoves } from "./move-watch.ts";
import { Presence } from "./presence.ts";
import { accountOf, watchSessions } from "./session-watch.ts";
import { readSnapshot } from "./snapshot.ts";

/** A socket that has not answered a ping by the time of the next one is taken for dead. */
const PING_EVERY_MS = 25_000;
const BINARY_REFUSED = { refusal: presentErrorFrame(new AppError("frame_malformed"), null) };

/** A reader that never reads never agrees to be closed; it must hold neither memory nor a restart for longer. */
const CLOSE_TIMEOUT_MS = 3_000;
const SOCKET_OPTIONS = { maxPayload: BODY_BYTES_MAX, perMessageDeflate: false, closeTimeout: CLOSE_TIMEOUT_MS };

/** Whether a request wants to become a socket. */
export function isSocketUpgrade(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === "websocket" && /^\/ws(?:\?|$)/.test(request.url ?? "");
}

export async function realtimeRoutes(app: FastifyInstance, { deps }: { deps: RealtimeDeps }): Promise<void> {
  const presence = new Presence(deps);
  const sessions = watchSessions(deps);
  const moves = watchMoves(deps);
  const bus = heedBus(deps, presence, moves);
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
    sessions.stop();
    moves.stop();
    presence.stop();
    await bus.stop();
  });

  app.get("/ws", { websocket: true, preValidation: refuseForeignPages }, (socket, request) =>
    openConnection(socket, request, presence),
  );

  /** What a client does to its own connection is no fault of ours; what is thrown while opening one is. */
  function endFailedSocket(error: Error, socket: WebSocket): void {
    const isTheirs = "code" in error && /^(WS_ERR_|E[A-Z]+$)/.test(String(error.code));
    deps.log[isTheirs ? "debug" : "error"]({ err: error }, "socket failed");
    socket.terminate();
  }

  /** A cookie travels with any page's upgrade request; only our own pages may use it. A token nobody sends by accident. */
  async function refuseForeignPages(request: FastifyRequest): Promise<void> {
    const { origin } = request.headers;
    if (bearerOf(request) !== null) return;
    if (origin === undefined || !isOwnOrigin(origin, request, deps.config)) throw new AppError("origin_refused");
  }

  // Everything up to the snapshot is synchronous: frames that arrive before a listener is there would be lost.
  function openConnection(socket: WebSocket, request: FastifyRequest, presence: Presence): void {
    const principal = principalOf(request);
    const facts = {
      id: newId(),
      userId: principal.user_id,
      sessionId: principal.session_id,
      account: accountOf(principal),
    };
    const connection = new Connection(deps.hub, facts, request.raw.socket, (reason) =>
      socket.close(CLOSE_CODES[reason], reason),
    );
    let malformed = 0;
    socket.on("message", (data, isBinary) => {
      // Whoever does not answer our close frame could otherwise go on sending until the time-out.
      if (connection.isClosed || leaving.hasBegun) return;
      const read = isBinary ? BINARY_REFUSED : readFrame(bytesOf(data));
      if ("command" in read) return leaving.note(obey(deps, principal, connection, read.command));
      malformed += 1;
      connection.send(read.refusal);
      if (malformed >= MALFORMED_MAX) connection.close("frames_malformed");
    });
    const stopPinging = pingRegularly(socket);
    const stopWaiting = principal.expires_at ? sessions.lookAt(principal.expires_at) : () => undefined;
    socket.on("close", () => {
      stopPinging();
      stopWaiting();
      connection.close("restarting");
      presence.went(connection);
    });

    presence.came(connection);
    // On its way in while everybody was sent off.
    if (leaving.hasBegun) return connection.sendOff(0);
    readSnapshot(deps, principal, connection).then(
      (snapshot) => connection.release(snapshot),
      (error: unknown) => {
        deps.log.error({ err: error }, "no snapshot for a new connection");
        connection.close("unavailable");
      },
    );
  }
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function pingRegularly(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on("pong", () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_EVERY_MS);
  return () => clearInterval(timer);
}
