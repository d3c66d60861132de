import type { Me } from "@confab/shared/users";
import {
  BadgeCheck,
  CircleUserRound,
  Keyboard,
  LogOut,
  ScrollText,
  Settings2,
  UserRound,
  UsersRound,
} from "lucide-react";
import type { RefObject } from "react";
import { paths } from "../../lib/paths.ts";
import { formatFull } from "../../lib/time.ts";
import { setTheme, useTheme } from "../../stores/theme.store.ts";
import { Menu, MenuChoice, MenuItem, MenuLink, MenuSeparator } from "../../ui/menu.tsx";
import { THEMES } from "../../ui/themes.ts";

interface AccountMenuItemsProps {
  anchor: RefObject<HTMLElement | null>;
  me: Me;
  roleName: string;
  onClose: () => void;
  onSignOut: () => void;
  onShortcuts: () => void;
}

export function AccountMenuItems({ anchor, me, roleName, onClose, onSignOut, onShortcuts }: AccountMenuItemsProps) {
  const theme = useTheme((state) => state.theme);
  return (
    <Menu anchor={anchor} open onClose={onClose} label="Your account" side="top">
      <div className="px-2.5 pt-1.5 pb-2">
        <p className="truncate font-semibold">{me.username}</p>
        <p className="text-sm text-ink-muted">{roleName}</p>
        {me.expires_at !== null && <p className="text-sm text-ink-muted">Until {formatFull(me.expires_at)}</p>}
      </div>
      <MenuSeparator />
      {me.can.claim_account && (
        <MenuLink icon={BadgeCheck} to={paths.keepAccount}>
          Keep your account
        </MenuLink>
      )}
      <MenuLink icon={CircleUserRound} to={paths.account}>
        Your account
      </MenuLink>
      {me.can.manage_workspace && (
        <>
          <MenuSeparator />
          <MenuLink icon={UserRound} to={paths.users}>
            Users
          </MenuLink>
          <MenuLink icon={UsersRound} to={paths.groups}>
            Groups
          </MenuLink>
          <MenuLink icon={Settings2} to={paths.settings}>
            Settings
          </MenuLink>
          <MenuLink icon={ScrollText} to={paths.audit}>
            Audit log
          </MenuLink>
        </>
      )}
      <MenuSeparator />
      <MenuChoice label="Theme" value={theme} choices={THEMES} onChoose={setTheme} />
      <MenuSeparator />
      <MenuItem icon={Keyboard} onSelect={onShortcuts}>
        Keyboard shortcuts
      </MenuItem>
      <MenuItem icon={LogOut} onSelect={onSignOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
