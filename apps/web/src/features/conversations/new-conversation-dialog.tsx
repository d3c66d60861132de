import { ChevronRight, UsersRound } from "lucide-react";
import { useCallback, useState } from "react";
import { Link, useNavigate } from "react-router";
import { paths } from "../../lib/paths.ts";
import { badgeOf } from "../../lib/titles.ts";
import { usePresence } from "../../stores/presence.store.ts";
import { useSession } from "../../stores/session.store.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { NameWithBadge } from "../../ui/badge.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/notice.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { useAct } from "../../ui/use-act.ts";
import { PersonPicker } from "./person-picker.tsx";
import { startDirect } from "./start-direct.ts";
import { usePeople } from "./use-people.ts";

const ROW =
  "tap-target flex w-full items-center gap-3 rounded-md px-2.5 py-2 text-left transition-colors hover:bg-hover disabled:opacity-55";

function CreateGroupLink({ onFollow }: { onFollow: () => void }) {
  return (
    <Link to={paths.createGroup} onClick={onFollow} className={ROW}>
      <span className="inline-flex size-9 items-center justify-center rounded-md bg-accent-soft text-accent">
        <UsersRound aria-hidden size={17} />
      </span>
      <span className="flex-1 font-medium">Create a group</span>
      <ChevronRight aria-hidden size={16} className="text-ink-muted" />
    </Link>
  );
}

/** Chooses the other person of a direct conversation, and goes there. */
export function NewConversationDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const people = usePeople(typed, open);
  const online = usePresence((state) => state.online);
  const mayCreateGroup = useSession((state) => state.me?.can.create_group === true);
  const navigate = useNavigate();
  const start = useAct(
    useCallback(
      async (userId: string) => {
        const id = await startDirect(userId);
        onClose();
        await navigate(paths.chat(id));
      },
      [navigate, onClose],
    ),
  );
  return (
    <Dialog open={open} onClose={onClose} title="New conversation">
      <div className="space-y-3 border-b border-line p-4">
        <SearchField label="Search people" autoFocus value={typed} onValueChange={setTyped} />
        {start.failure !== null && <Notice kind="error">{start.failure.message}</Notice>}
      </div>
      <div className="min-h-64 overflow-y-auto p-2">
        {mayCreateGroup && <CreateGroupLink onFollow={onClose} />}
        <PersonPicker people={people} typed={typed}>
          {(person) => (
            <button type="button" disabled={start.busy} onClick={() => start.run(person.id)} className={ROW}>
              <Avatar seed={person.id} name={person.username} online={online[person.id] === true} />
              <NameWithBadge name={person.username} badge={badgeOf(person)} className="font-medium" />
            </button>
          )}
        </PersonPicker>
      </div>
    </Dialog>
  );
}
