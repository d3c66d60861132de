import type { Conversation } from "@confab/shared/conversations";
import { Archive, ArchiveRestore, MessagesSquare, Pencil, Settings2, Trash2 } from "lucide-react";
import { useCallback } from "react";
import { Link } from "react-router";
import { paths } from "../../lib/paths.ts";
import { formatDay, formatFull } from "../../lib/time.ts";
import { titleOf } from "../../lib/titles.ts";
import { Badge } from "../../ui/badge.tsx";
import { MenuItem, MenuLink, MenuSeparator } from "../../ui/menu.tsx";
import { MenuButton } from "../../ui/menu-button.tsx";
import { Cell } from "../../ui/table.tsx";
import { useAct } from "../../ui/use-act.ts";
import { archiveGroup, restoreGroup } from "./manage-group.ts";
import { useGroupDialog } from "./use-group-dialog.tsx";

interface GroupMenuProps {
  group: Conversation;
  onArchive: () => void;
}

function GroupMenu({ group, onArchive }: GroupMenuProps) {
  const { id, can, archived_at } = group;
  const { open, dialog } = useGroupDialog(group);
  return (
    <>
      <MenuButton label={`More about ${titleOf(group)}`}>
        <MenuLink icon={MessagesSquare} to={paths.chat(id)}>
          Open chat
        </MenuLink>
        <MenuLink icon={Settings2} to={paths.conversation(id)}>
          Manage
        </MenuLink>
        {can.manage && (
          <MenuItem icon={Pencil} onSelect={() => open("edit")}>
            Rename
          </MenuItem>
        )}
        {can.archive && (
          <MenuItem icon={archived_at === null ? Archive : ArchiveRestore} onSelect={onArchive}>
            {archived_at === null ? "Archive" : "Restore"}
          </MenuItem>
        )}
        {can.delete && (
          <>
            <MenuSeparator />
            <MenuItem icon={Trash2} danger onSelect={() => open("delete")}>
              Delete
            </MenuItem>
          </>
        )}
      </MenuButton>
      {dialog}
    </>
  );
}

/** One group in the administrators' table. */
export function GroupRow({ group }: { group: Conversation }) {
  const { id, archived_at, role, description, created_at, member_count } = group;
  const isArchived = archived_at !== null;
  const archive = useAct(useCallback(() => (isArchived ? restoreGroup : archiveGroup)(id), [id, isArchived]));
  return (
    <tr className="transition-colors hover:bg-hover">
      <Cell main>
        <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <Link
            to={paths.conversation(id)}
            className="min-w-0 rounded-sm font-medium wrap-anywhere underline-offset-4 hover:underline"
          >
            {titleOf(group)}
          </Link>
          {isArchived && <Badge>Archived</Badge>}
          {role === null && <Badge>Not a member</Badge>}
        </div>
        {description && <p className="line-clamp-2 text-sm wrap-anywhere text-ink-muted">{description}</p>}
        {archive.failure !== null && (
          <p role="alert" className="text-sm text-danger">
            {archive.failure.message}
          </p>
        )}
      </Cell>
      <Cell numeric>{member_count.toLocaleString("en")}</Cell>
      <Cell narrowHidden>
        <time dateTime={created_at} title={formatFull(created_at)} className="whitespace-nowrap">
          {formatDay(created_at)}
        </time>
      </Cell>
      <Cell>
        <div className="flex justify-end">
          <GroupMenu group={group} onArchive={() => void archive.run()} />
        </div>
      </Cell>
    </tr>
  );
}
