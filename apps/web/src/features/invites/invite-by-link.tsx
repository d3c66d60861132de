import type { Invite } from "@confab/shared/invites";
import { Link2 } from "lucide-react";
import { lazy, Suspense, useCallback, useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { copyTextLater } from "../../ui/copy-text.ts";
import { Spinner } from "../../ui/spinner.tsx";
import { useAct } from "../../ui/use-act.ts";
import { findOrCreateInvite } from "./find-or-create-invite.ts";
import { linkOf } from "./invite-state.ts";

const InviteByLinkDialog = lazy(async () => ({
  default: (await import("./invite-by-link-dialog.tsx")).InviteByLinkDialog,
}));

/** A phone hands a link on by its own sheet; elsewhere the clipboard is the way to wherever it is wanted. */
function sharesByItself(): boolean {
  return window.matchMedia("(pointer: coarse)").matches && typeof navigator.share === "function";
}

async function handOn(invite: Promise<Invite>, title: string): Promise<"shared" | "copied" | "shown"> {
  const link = invite.then(linkOf);
  if (!sharesByItself()) return (await copyTextLater(link)) ? "copied" : "shown";
  try {
    await navigator.share({ title, url: await link });
    return "shared";
  } catch {
    // The sheet was closed again, or did not open so long after the press. The link itself fails below if it did.
    await link;
    return "shown";
  }
}

interface InviteByLinkProps {
  conversationId: string;
  title: string;
  look: "button" | "small" | "icon";
}

/** One press from nothing to a link into the group that is copied, or shared where that is what one does. */
export function InviteByLink({ conversationId, title, look }: InviteByLinkProps) {
  const [shown, setShown] = useState<{ invite: Invite; outcome: "shared" | "copied" | "shown" } | null>(null);
  const [isOpen, setOpen] = useState(false);
  const { busy, failure, run } = useAct(
    useCallback(async () => {
      const invite = findOrCreateInvite(conversationId);
      const outcome = await handOn(invite, title);
      setShown({ invite: await invite, outcome });
    }, [conversationId, title]),
  );
  const press = async () => {
    if (busy) return;
    setShown(null);
    await run();
    setOpen(true);
  };
  return (
    <>
      {/* Never disabled: a button that is loses the focus, which is to come back to it from the dialog. */}
      {look === "icon" ? (
        <IconButton label="Invite by link" aria-busy={busy || undefined} onClick={press}>
          {busy ? <Spinner /> : <Link2 aria-hidden size={18} />}
        </IconButton>
      ) : (
        <Button
          look="primary"
          size={look === "small" ? "small" : "medium"}
          aria-busy={busy || undefined}
          onClick={press}
        >
          {busy ? <Spinner /> : <Link2 aria-hidden size={16} />}
          Invite by link
        </Button>
      )}
      {isOpen && (
        <Suspense>
          <InviteByLinkDialog
            conversationId={conversationId}
            title={title}
            shown={shown}
            problem={failure?.message ?? null}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
}
