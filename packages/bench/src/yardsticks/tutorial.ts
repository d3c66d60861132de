import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import pg from "pg";
import { type WebSocket, WebSocketServer } from "ws";
import { conversationOf, joinRoom, leaveRoom, listen, membersOf } from "./rooms.ts";

// A chat as a good tutorial has it: who it is is looked up in the database, every message is one INSERT, and then every
// member gets it; history is one query by the key, over HTTP.

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

async function personOf(request: IncomingMessage): Promise<{ id: string; username: string }> {
  const [, token] = /confab_session=([^;]+)/.exec(request.headers.cookie ?? "") ?? [];
  const { rows } = await pool.query("SELECT id, username FROM people WHERE token = $1", [token]);
  if (!rows[0]) throw new Error("nobody");
  return rows[0];
}

interface SentMessage {
  readonly id: string;
  readonly conversation_id: string;
  readonly content: string;
}

async function createMessage(sender: { id: string; username: string }, { id, conversation_id, content }: SentMessage) {
  const { rows } = await pool.query(
    "INSERT INTO messages (id, conversation_id, sender_id, content) VALUES ($1, $2, $3, $4) RETURNING seq, sent_at",
    [id, conversation_id, sender.id, content],
  );
  const message = { id, conversation_id, ...rows[0], sender: sender.username, content };
  for (const member of membersOf(conversation_id)) member.send(JSON.stringify({ type: "message.created", message }));
  return message;
}

async function listMessages(conversation: string) {
  const { rows } = await pool.query("SELECT * FROM messages WHERE conversation_id = $1 ORDER BY seq DESC LIMIT 50", [
    conversation,
  ]);
  return rows.reverse();
}

const server = createServer(async (request, response) => {
  try {
    const person = await personOf(request);
    const answer =
      request.method === "POST"
        ? await createMessage(person, { ...JSON.parse(await text(request)), conversation_id: conversationOf(request) })
        : { messages: await listMessages(conversationOf(request)) };
    const body = JSON.stringify(answer);
    response
      .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
      .end(body);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});

new WebSocketServer({ server }).on("connection", async (socket: WebSocket, request) => {
  try {
    const person = await personOf(request);
    const conversation = conversationOf(request);
    joinRoom(conversation, socket);
    socket.on("close", () => leaveRoom(conversation, socket));
    socket.on(
      "message",
      (data) =>
        void createMessage(person, JSON.parse(String(data))).catch((error) =>
          socket.send(`{"type":"error","message":"${error}"}`),
        ),
    );
    socket.send('{"type":"ready"}');
  } catch {
    socket.close();
  }
});
listen(server);
