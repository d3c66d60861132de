import { type Flash, flashSchema } from "@confab/shared/workspace";
import { useState } from "react";
import { useLocation, useNavigationType } from "react-router";
import { takeFlash } from "../../lib/flash.ts";

/** The one-time message above a form: from the page that led here, or from the server about a form posted to it. */
export function useFlash(): Flash | null {
  const [fromServer] = useState(takeFlash);
  const { state } = useLocation();
  // The browser keeps the state of a page over a reload; what was said once is not said again.
  const isReturn = useNavigationType() === "POP";
  const fromPage = isReturn ? null : (flashSchema.safeParse(stateFlash(state)).data ?? null);
  return fromPage ?? fromServer;
}

function stateFlash(state: unknown): unknown {
  return typeof state === "object" && state !== null && "flash" in state ? state.flash : null;
}
