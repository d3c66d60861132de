import type { Account, PasswordResetLink } from "@confab/shared/accounts";
import { useState } from "react";
import { adminApi } from "../../lib/admin-api.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useAct } from "../../ui/use-act.ts";
import { PasswordLink } from "./password-link.tsx";

/** Makes a link by which somebody sets a new password, and shows it to be handed over. */
export function PasswordLinkDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const [reset, setReset] = useState<PasswordResetLink | null>(null);
  const { busy, failure, run } = useAct(async () => setReset(await adminApi.createPasswordReset(account.id)));
  return (
    <Dialog open onClose={onClose} title="Password link">
      <div className="flex flex-col gap-3 px-5 pt-4">
        {failure !== null && <Notice kind="error">{failure.message}</Notice>}
        {reset === null ? (
          <p className="text-ink-soft">
            Make a link by which {account.username} sets a new password. Until then the one they have keeps working; a
            link made before stops working.
          </p>
        ) : (
          <PasswordLink name={account.username} reset={reset} />
        )}
      </div>
      <div className="flex justify-end gap-2 p-5">
        <Button onClick={onClose}>{reset === null ? "Cancel" : "Done"}</Button>
        {reset === null && (
          <Button look="primary" busy={busy} onClick={() => run()}>
            Make link
          </Button>
        )}
      </div>
    </Dialog>
  );
}
