import { CLOSE_CODES } from "@confab/shared/events";
import { newId } from "@confab/shared/ids";
import type { FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import { AppError } from "../../core/errors.ts";
import { encodePong } from "../../core/frames.ts";
import { Connection } from "../../core/hub.ts";
import { scaleRate, TokenBucket } from "../../core/token-bucket.ts";
import { type Principal, principalOf } from "../../plugins/session.ts";
import { MALFORMED_MAX, obey, presentErrorFrame, type RealtimeDeps, readFrame } from "./commands.ts";
import type { Leaving } from "./leaving.ts";
import type { Presence } from "./presence.ts";
import { accountOf, type SessionWatch } from "./session-watch.ts";
import { readSnapshot } from "./snapshot.ts";

/** A socket that has not answered a ping by the time of the next one is taken for dead. */
const PING_EVERY_MS = 25_000;
/** Frames of one connection, whatever they are: more than any client of ours sends. */
const FRAMES = { burst: 600, perMinute: 600 };
const BINARY_REFUSED = { refusal: presentErrorFrame(new AppError("frame_malformed"), null) };

type ConnectionDeps = RealtimeDeps & { presence: Presence; sessions: SessionWatch; leaving: Leaving };

/**
 * One connection from its upgrade to its end. Everything up to the snapshot is synchronous: frames that arrive before a
 * listener is there would be lost.
 */
export function openConnection(deps: ConnectionDeps, socket: WebSocket, request: FastifyRequest): void {
  const { hub, presence, sessions, leaving } = deps;
  const principal = principalOf(request);
  const facts = {
    id: newId(),
    userId: principal.user_id,
    sessionId: principal.session_id,
    account: accountOf(principal),
  };
  const connection = new Connection(hub, facts, {
    sink: request.raw.socket,
    isOpen: () => socket.readyState === socket.OPEN,
    close: (reason) => socket.close(CLOSE_CODES[reason], reason),
  });
  listen(deps, principal, connection, socket);
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
    ({ ready, audiences }) => connection.release(ready, presence.framesFor(audiences)),
    (error: unknown) => {
      deps.log.error({ err: error }, "no snapshot for a new connection");
      connection.close("unavailable");
    },
  );
}

/** Obeys what is well-formed, answers what is not, and closes a connection that says too much of either. */
function listen(deps: ConnectionDeps, principal: Principal, connection: Connection, socket: WebSocket): void {
  const frames = new TokenBucket(scaleRate(FRAMES, deps.config.rateLimitScale));
  let malformed = 0;
  /** Whoever does not answer our close frame could otherwise go on sending until the time-out. */
  const isHeard = () => {
    if (!connection.isClosed && !frames.take()) connection.close("too_many_frames");
    return !connection.isClosed;
  };
  socket.on("ping", (data) => {
    if (isHeard()) connection.push(encodePong(data));
  });
  socket.on("pong", isHeard);
  socket.on("message", (data, isBinary) => {
    if (!isHeard() || deps.leaving.hasBegun) return;
    const read = isBinary ? BINARY_REFUSED : readFrame(bytesOf(data));
    if ("command" in read) return deps.leaving.note(obey(deps, principal, connection, read.command));
    malformed += 1;
    connection.send(read.refusal);
    if (malformed >= MALFORMED_MAX) connection.close("frames_malformed");
  });
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
