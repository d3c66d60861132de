import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectedAnswer, rightOf, TARGETS } from "../../../test/permission-answers.ts";
import { ACTORS, buildScene, type Scene, type Target } from "../../../test/permission-scene.ts";
import { ReferenceSocket } from "../../../test/reference-socket.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { TestSocket } from "../../../test/test-socket.ts";
import { POLICY, type PolicyRow, policyOf } from "../../core/policy.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const NOW = "2026-11-24T12:00:00.000Z";

/** A frame that is obeyed if the one who sends it may. */
const FRAMES: Record<string, (conversationId: string, senderId: string) => object> = {
  "message.create": (conversation_id) => ({ type: "message.create", id: newId(), conversation_id, content: "Hello" }),
  "read_marker.move": (conversation_id) => ({ type: "read_marker.move", conversation_id, seq: 0 }),
  "typing.start": (conversation_id) => ({ type: "typing.start", conversation_id }),
  "typing.stop": (conversation_id) => ({ type: "typing.stop", conversation_id }),
  IdMessage: (conv_id, sender_id) => ({ message_type: "IdMessage", sender_id, conv_id, timestamp: NOW }),
  ChatMessage: (conversation_id, sender_id) => ({
    message_type: "ChatMessage",
    payload: { content: "Hello", display_name: "Ada" },
    meta: { conversation_id, sender_id, timestamp: NOW },
  }),
};

/** Sends a frame about each target and sees that it is refused, or not, as expected. */
async function expectAnswers(
  scene: Scene,
  frame: (conversationId: string, senderId: string) => object,
  expected: Record<Target, string>,
): Promise<void> {
  const socket = await ReferenceSocket.open(server.url, { headers: { origin: server.url, ...scene.headers } });
  try {
    let refusals = 0;
    for (const target of TARGETS) {
      socket.send(frame(scene.conversations[target], scene.actorId));
      if (expected[target] === "404") refusals += 1;
      await socket.next(() => refusedIn(socket) >= refusals);
    }
    // A refusal too many is on its way by now, and comes before the answers to what is sent after it.
    for (let turn = 0; turn < 3; turn += 1) await sendToNowhere(socket);
    expect(refusedIn(socket)).toBe(refusals);
  } finally {
    socket.close();
  }
}

function refusedIn(socket: ReferenceSocket): number {
  return socket.heard.filter((heard) => heard.code === "conversation_not_found" && !nowhere.has(String(heard.id)))
    .length;
}

const nowhere = new Set<string>();

async function sendToNowhere(socket: ReferenceSocket): Promise<void> {
  const id = newId();
  nowhere.add(id);
  socket.send({ type: "message.create", id, conversation_id: newId(), content: "Is anybody there?" });
  await socket.next((heard) => heard.id === id);
}

describe("every command of the socket, for everyone, about their own, others' and nothing", () => {
  const commands = Object.entries<PolicyRow>(POLICY).filter(([name, row]) => name.startsWith("WS ") && row.of);

  it("is asked here", () => {
    expect(commands.map(([name]) => name.slice(3)).sort()).toEqual(Object.keys(FRAMES).sort());
  });

  it.each(commands)("%s", async (name, row) => {
    const frame = FRAMES[name.slice(3)];
    if (!frame) throw new Error(name);
    for (const actor of ACTORS) {
      const scene = await buildScene(server, actor);
      const expected = Object.fromEntries(
        TARGETS.map((target) => [target, expectedAnswer(rightOf(row), actor, target)]),
      ) as Record<Target, string>;
      if (expected.own === "401") {
        expect(await TestSocket.refusal(server.url, { origin: server.url, ...scene.headers }), actor).toBe(401);
        continue;
      }
      await expectAnswers(scene, frame, expected);
    }
  });

  it("the socket itself takes whoever is signed in", () => {
    expect(policyOf("GET", "/ws")).toEqual({ who: "guest" });
  });
});
