import { keyOf } from "../checker/evidence.ts";
import type { Family } from "./family.ts";

/** An answer to a send, over the socket or over HTTP: the message is stored, and its sender does not hear of it. */
const ANSWERS = ["message.acked", "HTTP/1.1 201"];
const LOSS = 0.1;

export const lostAcknowledgement: Family = {
  name: "T5",
  title: "acknowledgements lost after the commit",
  nodes: 1,
  async run(scene) {
    let lost = 0;
    scene.network.judge = (_, direction, bytes) => {
      const isAnswer = direction === "down" && ANSWERS.some((text) => bytes.includes(text));
      if (!isAnswer || !scene.random.chance(LOSS)) return "pass";
      lost += 1;
      return { resetAfter: 0 };
    };
    await scene.pause(scene.count(12_000, 60_000));
    scene.network.judge = null;
    scene.figures.answers_lost = lost;
    scene.expect(lost >= scene.count(20, 100), `enough acknowledgements are lost (${lost} were)`);
  },
  judge(scene, { acknowledgements, invocationsOf }) {
    const asked = acknowledgements.filter(
      ({ conversation, id }) => (invocationsOf.get(keyOf(conversation, id)) ?? []).length > 1,
    );
    scene.figures.asked_again = asked.length;
    scene.expect(asked.length > 0, "messages are sent again and acknowledged then");
  },
};
