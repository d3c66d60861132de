import { announce } from "../../core/announce.ts";
import type { BusMessage } from "../../core/bus.ts";
import { showConversation } from "../conversations/conversations.service.ts";
import type { RealtimeDeps } from "./commands.ts";
import type { MoveWatch } from "./move-watch.ts";
import type { Presence } from "./presence.ts";

/** After a gap: time for the others to say that they are there, and for what is stored to be told. */
const RESYNC_AFTER_MS = 2_500;
/** Over how long the reconnecting of everybody is spread. */
const RESYNC_SPREAD_MS = 3_000;

/** Does here what other nodes say. */
export function heedBus(deps: RealtimeDeps, presence: Presence, moves: MoveWatch) {
  const { hub, audiences, announcer, log } = deps;
  const timers = new Set<NodeJS.Timeout>();
  /** Events go out in the order they were said, although finding their audience may take a question. */
  let turn: Promise<void> = Promise.resolve();

  function inTurn(act: () => Promise<void>): void {
    turn = turn.then(() => announce(log, act));
  }

  function onMessage(from: string, message: BusMessage): void {
    switch (message.type) {
      case "moved":
        return void announcer.announceMoved(message);
      case "events":
        return inTurn(async () => hub.publishHere(await audiences.at(message.to), message.events, message.ephemeral));
      case "shown":
        return inTurn(async () => showConversation(deps, message.conversation_id, await audiences.at(message.to)));
      case "disconnect":
        return hub.disconnectHere(message.whose, message.reason);
      case "missed":
        return makeUpForSilence();
      default:
        presence.heed(from, message);
    }
  }

  /**
   * Something was said that did not get here. What is stored with a revision is found at once. The rest (a read marker, a
   * name, who left) has no number by which it could be missed: whoever is connected comes anew, for a fresh snapshot.
   * A node without others has missed nothing.
   */
  function makeUpForSilence(): void {
    void moves.lookNow();
    const connected = [...hub.connections()];
    later(RESYNC_AFTER_MS, () => {
      if (hub.elsewhere.nodeCount === 0) return;
      for (const connection of connected) later(Math.random() * RESYNC_SPREAD_MS, () => connection.close("restarting"));
    });
  }

  function later(milliseconds: number, act: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, milliseconds);
    timers.add(timer.unref());
  }

  return {
    async start(): Promise<void> {
      const onGap = () => {
        presence.introduce();
        makeUpForSilence();
      };
      await hub.bus.start({ onMessage, onGap });
      presence.introduce();
    },
    async stop(): Promise<void> {
      for (const timer of timers) clearTimeout(timer);
      await hub.bus.close();
    },
  };
}
