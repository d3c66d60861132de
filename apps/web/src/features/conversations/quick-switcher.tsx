import { Search } from "lucide-react";
import { type KeyboardEvent, useCallback, useId, useState } from "react";
import { useNavigate } from "react-router";
import { paths } from "../../lib/paths.ts";
import { badgeOf } from "../../lib/titles.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { NameWithBadge } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useAct } from "../../ui/use-act.ts";
import { startDirect } from "./start-direct.ts";
import { type SwitchTarget, useSwitchTargets } from "./use-switch-targets.ts";

interface TargetRowProps {
  target: SwitchTarget;
  id: string;
  active: boolean;
  onChoose: () => void;
  onPoint: () => void;
}

function TargetRow({ target, id, active, onChoose, onPoint }: TargetRowProps) {
  const person = target.kind === "person" ? target.person : target.conversation.other;
  const seed = person?.id ?? target.key;
  const unread = target.kind === "conversation" ? target.conversation.unread : 0;
  return (
    <div
      role="option"
      id={id}
      tabIndex={-1}
      aria-selected={active}
      onClick={onChoose}
      onKeyDown={(event) => event.key === "Enter" && onChoose()}
      onPointerMove={onPoint}
      className={classNames(
        "flex min-h-11 cursor-pointer scroll-my-2 items-center gap-3 rounded-md px-2.5",
        active && "bg-hover",
      )}
    >
      <Avatar seed={seed} name={target.name} size="small" shape={person === null ? "square" : "round"} />
      <NameWithBadge name={target.name} badge={badgeOf(person)} className={unread > 0 ? "font-semibold" : ""} />
      <span className="ml-auto shrink-0 text-sm text-ink-muted">
        {target.kind === "person" ? "Start a conversation" : unread > 0 ? `${unread} unread` : null}
      </span>
    </div>
  );
}

/** Jumps to a conversation or person by typing the beginning of the name. */
export function QuickSwitcher({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [index, setIndex] = useState(0);
  const targets = useSwitchTargets(typed);
  const active = Math.min(index, targets.length - 1);
  const listId = useId();
  const navigate = useNavigate();
  const choose = useAct(
    useCallback(
      async (target: SwitchTarget) => {
        const id = target.kind === "person" ? await startDirect(target.person.id) : target.conversation.id;
        onClose();
        await navigate(paths.chat(id));
      },
      [navigate, onClose],
    ),
  );
  const move = (step: 1 | -1) => {
    const next = (active + step + targets.length) % Math.max(1, targets.length);
    setIndex(next);
    document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  const keyDown = (event: KeyboardEvent) => {
    const target = targets[active];
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && target !== undefined && !event.nativeEvent.isComposing) void choose.run(target);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open bare onClose={onClose} title="Switch conversation">
      <div className="relative border-b border-line">
        <Search aria-hidden size={18} className="absolute top-1/2 left-4 -translate-y-1/2 text-ink-muted" />
        <input
          role="combobox"
          aria-label="Where to?"
          aria-expanded={targets.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
          placeholder="Jump to a conversation or person"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setIndex(0);
          }}
          onKeyDown={keyDown}
          className="h-14 w-full bg-transparent pr-4 pl-12 text-lg outline-none"
        />
      </div>
      {choose.failure !== null && (
        <div className="p-3">
          <Notice kind="error">{choose.failure.message}</Notice>
        </div>
      )}
      <div
        role="listbox"
        id={listId}
        aria-label="Conversations and people"
        className={classNames("max-h-96 overflow-y-auto", targets.length > 0 && "p-2")}
      >
        {targets.map((target, at) => (
          <TargetRow
            key={target.key}
            id={`${listId}-${at}`}
            target={target}
            active={at === active}
            onChoose={() => choose.run(target)}
            onPoint={() => setIndex(at)}
          />
        ))}
      </div>
      {targets.length === 0 && <p className="px-6 py-8 text-center text-ink-muted">Nothing is called “{typed}”.</p>}
    </Dialog>
  );
}
