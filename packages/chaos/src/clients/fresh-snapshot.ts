import { type EventOf, eventSchema } from "@confab/shared/events";
import { WebSocket } from "ws";

const PATIENCE_MS = 5_000;

/** What another connection of the same person is told first, or null when there is none to be had. */
export function freshSnapshot(url: string, cookie: string): Promise<EventOf<"ready"> | null> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, { headers: { cookie, origin: url } });
    const settle = (snapshot: EventOf<"ready"> | null) => {
      clearTimeout(timer);
      resolve(snapshot);
      socket.terminate();
    };
    const timer = setTimeout(() => settle(null), PATIENCE_MS);
    socket.once("message", (data) => {
      const event = eventSchema.parse(JSON.parse(String(data)));
      settle(event.type === "ready" ? event : null);
    });
    socket.on("error", () => settle(null));
    socket.on("close", () => settle(null));
  });
}
