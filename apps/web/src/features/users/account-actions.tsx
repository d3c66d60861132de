import type { Account } from "@confab/shared/accounts";
import {
  KeyRound,
  LogOut,
  type LucideIcon,
  RotateCcw,
  Shield,
  ShieldOff,
  UserRoundCheck,
  UserRoundX,
} from "lucide-react";
import { useState } from "react";
import { MenuItem } from "../../ui/menu.tsx";
import { MenuButton } from "../../ui/menu-button.tsx";
import { AccountActDialog } from "./account-act-dialog.tsx";
import { type AccountActName, actsFor } from "./account-acts.ts";
import { PasswordLinkDialog } from "./password-link-dialog.tsx";

type ActName = AccountActName | "reset_password";

const ITEMS: Record<ActName, { icon: LucideIcon; label: string; danger?: true }> = {
  make_administrator: { icon: Shield, label: "Make administrator" },
  make_user: { icon: ShieldOff, label: "Make a user" },
  promote_guest: { icon: UserRoundCheck, label: "Make a user" },
  reset_password: { icon: KeyRound, label: "Reset password" },
  end_sessions: { icon: LogOut, label: "Sign out everywhere" },
  deactivate: { icon: UserRoundX, label: "Deactivate", danger: true },
  reactivate: { icon: RotateCcw, label: "Reactivate" },
  end_visit: { icon: UserRoundX, label: "End visit", danger: true },
};

/** The menu of what can be done with an account, and the dialogs it leads to. */
export function AccountActions({ account }: { account: Account }) {
  const [act, setAct] = useState<ActName | null>(null);
  const acts = actsFor(account);
  const close = () => setAct(null);
  return (
    <>
      {acts.length > 0 && (
        <MenuButton label={`Actions for ${account.username}`}>
          {acts.map((each) => {
            const { icon, label, danger = false } = ITEMS[each];
            return (
              <MenuItem key={each} icon={icon} danger={danger} onSelect={() => setAct(each)}>
                {label}
              </MenuItem>
            );
          })}
        </MenuButton>
      )}
      {act === "reset_password" && <PasswordLinkDialog account={account} onClose={close} />}
      {act !== null && act !== "reset_password" && (
        <AccountActDialog
          account={account}
          act={act}
          // Who was a guest until now has no password to come back with.
          onDone={act === "promote_guest" ? () => setAct("reset_password") : close}
          onClose={close}
        />
      )}
    </>
  );
}
