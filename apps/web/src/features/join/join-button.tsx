import type { Me } from "@confab/shared/users";
import { useCallback } from "react";
import { sentenceFor } from "../../lib/api-error.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useAct } from "../../ui/use-act.ts";
import { joinConversation } from "./join-conversation.ts";

interface JoinButtonProps {
  me: Me;
  token: string;
  onDone: (conversationId: string) => void | Promise<void>;
}

/** Whoever is signed in needs one press. */
export function JoinButton({ me, token, onDone }: JoinButtonProps) {
  const { busy, failure, run } = useAct(
    useCallback(async () => {
      await onDone(await joinConversation(token));
    }, [token, onDone]),
  );
  return (
    <div className="flex flex-col gap-4">
      {failure !== null && <Notice kind="error">{sentenceFor(failure)}</Notice>}
      <Button look="primary" size="large" autoFocus busy={busy} onClick={() => void run()} className="w-full">
        {!busy && <Avatar seed={me.id} name={me.username} size="small" />}
        <span className="truncate">Join as {me.username}</span>
      </Button>
    </div>
  );
}
