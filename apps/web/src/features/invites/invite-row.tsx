import type { Invite } from "@confab/shared/invites";
import { Link2, Link2Off, Share2, UsersRound } from "lucide-react";
import { useCallback, useState } from "react";
import { formatFull, formatListTime } from "../../lib/time.ts";
import { Badge } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { MenuItem } from "../../ui/menu.tsx";
import { MenuButton } from "../../ui/menu-button.tsx";
import { useAct } from "../../ui/use-act.ts";
import { endOf, expiryOf, linkOf, usesOf } from "./invite-state.ts";
import { InviteUsesDialog } from "./invite-uses-dialog.tsx";
import { useRevokeInvite } from "./use-invites.ts";

function InviteFacts({ invite }: { invite: Invite }) {
  const expiry = expiryOf(invite);
  return (
    <p className="text-sm text-ink-muted">
      <span className="whitespace-nowrap">{usesOf(invite)}</span>
      {expiry !== null && (
        <span title={invite.expires_at === null ? undefined : formatFull(invite.expires_at)}> · {expiry}</span>
      )}
      {" · made by "}
      {invite.created_by.username},{" "}
      <time dateTime={invite.created_at} title={formatFull(invite.created_at)} className="whitespace-nowrap">
        {formatListTime(invite.created_at)}
      </time>
    </p>
  );
}

function RevokeDialog({ invite, onClose }: { invite: Invite; onClose: () => void }) {
  const revokeInvite = useRevokeInvite(invite.conversation_id);
  const { busy, failure, run } = useAct(revokeInvite);
  return (
    <ConfirmDialog
      title="Revoke this link?"
      message="Nobody can come in through it any more. Whoever has come already stays."
      confirm="Revoke link"
      busy={busy}
      problem={failure?.message ?? null}
      onConfirm={async () => {
        if (await run(invite.id)) onClose();
      }}
      onClose={onClose}
    />
  );
}

/** One link: what it is called, how it fares, and what can be done with it. */
export function InviteRow({ invite }: { invite: Invite }) {
  const [shown, setShown] = useState<"none" | "uses" | "revoke">("none");
  const close = useCallback(() => setShown("none"), []);
  const end = endOf(invite);
  const title = invite.label || "Unnamed link";
  const Icon = end === null ? Link2 : Link2Off;
  return (
    <li data-invite={title} className="flex items-start gap-3 px-4 py-3 sm:px-5">
      <span
        className={classNames(
          "mt-0.5 inline-flex size-9 shrink-0 @max-md:hidden items-center justify-center rounded-md",
          end === null ? "bg-accent-soft text-accent" : "bg-hover text-ink-muted",
        )}
      >
        <Icon aria-hidden size={17} />
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-1.5">
          <span className={classNames("truncate font-medium", end !== null && "text-ink-soft")}>{title}</span>
          {end === null ? <Badge tone="accent">Open</Badge> : <Badge>{end}</Badge>}
        </div>
        <InviteFacts invite={invite} />
      </div>
      <div className="flex">
        {end === null && <CopyButton label={`Copy the link ${title}`} text={linkOf(invite)} />}
        <MenuButton label={`More about ${title}`}>
          {end === null && typeof navigator.share === "function" && (
            <MenuItem
              icon={Share2}
              // Who closes the sharing sheet again has shared nothing, which is no failure.
              onSelect={() => void navigator.share({ url: linkOf(invite) }).catch(() => undefined)}
            >
              Share…
            </MenuItem>
          )}
          <MenuItem icon={UsersRound} onSelect={() => setShown("uses")}>
            Who came through
          </MenuItem>
          {(end === null || end === "Closed") && (
            <MenuItem icon={Link2Off} danger onSelect={() => setShown("revoke")}>
              Revoke
            </MenuItem>
          )}
        </MenuButton>
      </div>
      {shown === "uses" && <InviteUsesDialog invite={invite} onClose={close} />}
      {shown === "revoke" && <RevokeDialog invite={invite} onClose={close} />}
    </li>
  );
}
