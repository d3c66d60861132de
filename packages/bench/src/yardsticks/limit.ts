import { createServer } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { conversationOf, joinRoom, leaveRoom, listen, membersOf } from "./rooms.ts";

// The least that a server in Node can do for a chat: pass every message on to everybody in the room, with `ws`.

const server = createServer();
new WebSocketServer({ server }).on("connection", (socket: WebSocket, request) => {
  const conversation = conversationOf(request);
  joinRoom(conversation, socket);
  socket.on("close", () => leaveRoom(conversation, socket));
  socket.on("message", (data) => {
    const { id, conversation_id, content } = JSON.parse(String(data));
    const sent_at = new Date().toISOString();
    const message = { id, conversation_id, sender: "somebody", content, sent_at };
    const event = Buffer.from(JSON.stringify({ type: "message.created", message }));
    for (const member of membersOf(conversation_id)) member.send(event, { binary: false });
  });
  socket.send('{"type":"ready"}');
});
listen(server);
