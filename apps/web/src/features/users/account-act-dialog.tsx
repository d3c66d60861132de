import type { Account } from "@confab/shared/accounts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { useAct } from "../../ui/use-act.ts";
import { ACCOUNT_ACTS, type AccountAct, type AccountActName } from "./account-acts.ts";
import { useReplaceAccount } from "./use-accounts.ts";

interface AccountActDialogProps {
  account: Account;
  act: AccountActName;
  onDone: () => void;
  onClose: () => void;
}

/** Asks once more, does it, and shows the account as it is then. */
export function AccountActDialog({ account, act, onDone, onClose }: AccountActDialogProps) {
  const { title, message, confirm, look, run }: AccountAct = ACCOUNT_ACTS[act];
  const replaceAccount = useReplaceAccount();
  const acting = useAct(async () => replaceAccount(await run(account)));
  return (
    <ConfirmDialog
      title={title(account.username)}
      message={message(account.username)}
      confirm={confirm}
      look={look}
      busy={acting.busy}
      problem={acting.failure?.message ?? null}
      onConfirm={async () => {
        if (await acting.run()) onDone();
      }}
      onClose={onClose}
    />
  );
}
