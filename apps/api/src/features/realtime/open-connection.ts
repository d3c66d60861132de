import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { CLOSE_CODES, type CloseReason } from "@confab/shared/events";
import type { FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import { Connection, type Wire } from "../../core/connection.ts";
import { AppError } from "../../core/errors.ts";
import { encodePong } from "../../core/frames.ts";
import { type Principal, principalOf } from "../../plugins/session.ts";
import { MALFORMED_MAX, obey, presentErrorFrame, type RealtimeDeps, readFrame } from "./commands.ts";
import type { Leaving } from "./leaving.ts";
import type { Presence } from "./presence.ts";
import { accountOf, type SessionWatch } from "./session-watch.ts";
import { readSnapshot } from "./snapshot.ts";
import type { SocketLimits } from "./socket-limits.ts";

const BINARY_REFUSED = { refusal: presentErrorFrame(new AppError("frame_malformed"), null) };

type ConnectionDeps = RealtimeDeps & {
  presence: Presence;
  sessions: SessionWatch;
  leaving: Leaving;
  limits: SocketLimits;
};

/**
 * One connection from its upgrade to its end. Everything up to the snapshot is synchronous: frames that arrive before a
 * listener is there would be lost.
 */
export function openConnection(deps: ConnectionDeps, socket: WebSocket, request: FastifyRequest): void {
  const { presence, sessions, leaving } = deps;
  const principal = principalOf(request);
  const facts = {
    id: randomUUID(),
    userId: principal.user_id,
    sessionId: principal.session_id,
    account: accountOf(principal),
  };
  const connection = new Connection(deps.hub, facts, new SocketWire(socket, request.raw.socket));
  listen(deps, principal, connection, socket);
  if (principal.expires_at) socket.on("close", sessions.lookAt(principal.expires_at));

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

/** There are many of these, and most of the time all are idle: an object costs less than a closure for each method. */
class SocketWire implements Wire {
  readonly sink: Socket;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, sink: Socket) {
    this.#socket = socket;
    this.sink = sink;
  }

  isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  close(reason: CloseReason): void {
    this.#socket.close(CLOSE_CODES[reason], reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** Obeys what is well-formed, answers what is not, and closes a connection that says too much of either. */
function listen(deps: ConnectionDeps, principal: Principal, connection: Connection, socket: WebSocket): void {
  const frames = deps.limits.framesOfOne();
  let malformed = 0;
  /** Whoever does not answer our close frame could otherwise go on sending until the time-out. */
  const isHeard = () => {
    connection.noteHeard();
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
  socket.on("close", () => {
    connection.close("restarting");
    deps.presence.went(connection);
  });
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
