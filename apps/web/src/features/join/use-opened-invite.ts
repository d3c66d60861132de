import type { OpenedInvite } from "@confab/shared/invites";
import { useCallback, useEffect, useState } from "react";
import { accountApi } from "../../lib/account-api.ts";
import { ApiError, sentenceFor } from "../../lib/api-error.ts";

export type Opening =
  | { status: "opening" }
  | { status: "open"; invite: OpenedInvite }
  | { status: "invalid" }
  | { status: "failed"; message: string };

/** Asks what the link with this secret leads to. */
export function useOpenedInvite(token: string): { opening: Opening; retry: () => void } {
  const [opening, setOpening] = useState<Opening>({ status: token === "" ? "invalid" : "opening" });
  const open = useCallback(
    async (isWanted: () => boolean) => {
      const next = await openInvite(token);
      if (isWanted()) setOpening(next);
    },
    [token],
  );
  useEffect(() => {
    if (token === "") return;
    let wanted = true;
    void open(() => wanted);
    return () => {
      wanted = false;
    };
  }, [token, open]);
  const retry = () => {
    setOpening({ status: "opening" });
    void open(() => true);
  };
  return { opening, retry };
}

async function openInvite(token: string): Promise<Opening> {
  try {
    return { status: "open", invite: await accountApi.openInvite(token) };
  } catch (error) {
    // What is no secret of the right shape is answered with 400: it cannot be the link of anything either.
    const isInvalid = error instanceof ApiError && (error.code === "invite_not_found" || error.status === 400);
    return isInvalid ? { status: "invalid" } : { status: "failed", message: sentenceFor(error) };
  }
}
