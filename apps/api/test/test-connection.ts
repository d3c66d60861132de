import type net from "node:net";
import type { AddressInfo } from "node:net";
import type { CloseReason, Event } from "@confab/shared/events";
import { newId } from "@confab/shared/ids";
import { WebSocket, WebSocketServer } from "ws";
import { Connection } from "../src/core/connection.ts";
import type { Hub } from "../src/core/hub.ts";

export type OpenConnection = Awaited<ReturnType<typeof openConnection>>;

/** A server whose sockets become connections of a hub: nothing of the API is above them. */
export async function listenForConnections() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    open: (hub: Hub, userId: string, sessionId = newId()) => openConnection(server, hub, userId, sessionId),
    stop: () => {
      for (const client of server.clients) client.terminate();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One connection of the hub, over a real socket to a client that notes what it reads. */
async function openConnection(server: WebSocketServer, hub: Hub, userId: string, sessionId: string) {
  const accepted = new Promise<net.Socket>((resolve) =>
    server.once("connection", (_ws, request) => resolve(request.socket)),
  );
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const read: Event[] = [];
  const woken: (() => void)[] = [];
  client.on("message", (data) => {
    read.push(JSON.parse(data.toString()));
    for (const wake of woken.splice(0)) wake();
  });
  await new Promise((resolve) => client.once("open", resolve));
  const sink = await accepted;
  const closedFor: (CloseReason | "dead")[] = [];
  const facts = { id: newId(), userId, sessionId, account: "user Ada" };
  const connection = new Connection(hub, facts, {
    sink,
    isOpen: () => true,
    close: (reason) => closedFor.push(reason),
    terminate: () => closedFor.push("dead"),
  });
  hub.add(connection);
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise<void>((resolve) => woken.push(resolve));
  };
  return { client, connection, read, closedFor, sink, until };
}

export const pong = (n: number): Event => ({ type: "pong", n });
export const numbers = (read: Event[]) => read.map((event) => (event.type === "pong" ? event.n : -1));
