import type { IncomingMessage, Server } from "node:http";
import type { WebSocket } from "ws";

const rooms = new Map<string, Set<WebSocket>>();
const NOBODY: ReadonlySet<WebSocket> = new Set();

/** From the socket's address as from that of the messages over HTTP, which is Confab's. */
export function conversationOf(request: IncomingMessage): string {
  return /conversation(?:=|s\/)([^/&]+)/.exec(request.url ?? "")?.[1] ?? "";
}

export function joinRoom(conversation: string, socket: WebSocket): void {
  const members = rooms.get(conversation) ?? new Set();
  rooms.set(conversation, members.add(socket));
}

export function leaveRoom(conversation: string, socket: WebSocket): void {
  rooms.get(conversation)?.delete(socket);
}

export function membersOf(conversation: string): ReadonlySet<WebSocket> {
  return rooms.get(conversation) ?? NOBODY;
}

/** Takes a free port and says which. */
export function listen(server: Server): void {
  process.once("SIGTERM", () => process.exit());
  server.listen({ host: "127.0.0.1", port: 0, backlog: 1024 }, () => {
    const address = server.address();
    if (address !== null && typeof address === "object") process.stdout.write(`listening on ${address.port}\n`);
  });
}
