import { ChevronsUpDown } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { badgeOf } from "../../lib/titles.ts";
import { useSession } from "../../stores/session.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { NameWithBadge } from "../../ui/badge.tsx";

const AccountMenuItems = lazy(async () => ({ default: (await import("./account-menu-items.tsx")).AccountMenuItems }));

const ROLES = { admin: "Administrator", user: "Member", guest: "Guest" };

interface AccountMenuProps {
  onSignOut: () => void;
  onShortcuts: () => void;
}

/** The signed-in person, and what they can do about themselves and the workspace. */
export function AccountMenu({ onSignOut, onShortcuts }: AccountMenuProps) {
  const me = useSession((state) => state.me);
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  if (me === null) return null;
  return (
    <>
      <div className="relative flex items-center gap-3 rounded-md p-2 transition-colors hover:bg-hover has-aria-expanded:bg-hover">
        <Avatar seed={me.id} name={me.username} />
        <span className="min-w-0 flex-1">
          <span className="flex leading-5">
            <NameWithBadge name={me.username} badge={badgeOf(me)} className="font-medium" />
          </span>
          <span className="block truncate text-sm text-ink-muted">{me.email ?? ROLES[me.role]}</span>
        </span>
        <ChevronsUpDown aria-hidden size={15} className="text-ink-muted" />
        <button
          ref={anchor}
          type="button"
          aria-label="Your account"
          aria-haspopup="menu"
          aria-expanded={open}
          onClick={() => setOpen(true)}
          className="absolute inset-0 rounded-md"
        />
      </div>
      {open && (
        <Suspense>
          <AccountMenuItems
            anchor={anchor}
            me={me}
            roleName={ROLES[me.role]}
            onClose={() => setOpen(false)}
            onSignOut={onSignOut}
            onShortcuts={onShortcuts}
          />
        </Suspense>
      )}
    </>
  );
}
