import type { Conversation } from "@confab/shared/conversations";
import { MESSAGE_MAX } from "@confab/shared/limits";
import { lengthOf } from "@confab/shared/text";
import { Archive, Lock, SendHorizontal } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { titleOf } from "../../lib/titles.ts";
import { setDraft, useDrafts } from "../../stores/drafts.store.ts";
import { usePerson } from "../../stores/users.store.ts";
import { classNames } from "../../ui/class-names.ts";
import { sendMessage } from "./send-message.ts";
import { useAutosize } from "./use-autosize.ts";

/** The room left is shown only when it is about to run out. */
const NEAR_LIMIT = 500;

interface ComposerProps {
  conversation: Conversation;
  onTyping: (active: boolean) => void;
  /** Stands in the composer's place when nobody can write, for whoever can change that. */
  reopen: ReactNode;
}

function whyClosed({ role, archived_at }: Conversation): string {
  if (archived_at !== null) return "This group is archived. It can be read, but nothing new is written in it.";
  if (role === null) return "You are looking in from outside. Only members can write here.";
  return "You cannot write in this conversation.";
}

function ClosedComposer({ conversation, reopen }: Pick<ComposerProps, "conversation" | "reopen">) {
  const Icon = conversation.archived_at === null ? Lock : Archive;
  return (
    <div
      role="status"
      className="m-3 mt-1 mb-[max(0.75rem,env(safe-area-inset-bottom))] flex flex-wrap items-center justify-center gap-x-4 gap-y-2 rounded-lg bg-sunken px-4 py-3 text-sm text-ink-muted sm:mx-6 sm:mb-5"
    >
      <p className="flex items-center gap-2.5 text-balance">
        <Icon aria-hidden size={15} className="shrink-0" />
        {whyClosed(conversation)}
      </p>
      {reopen}
    </div>
  );
}

function RoomLeft({ left }: { left: number }) {
  return (
    <span
      role="status"
      className={classNames(
        "shrink-0 self-end px-1 py-2.5 text-xs whitespace-nowrap tabular-nums max-sm:py-3.5",
        left < 0 ? "font-medium text-danger" : "text-ink-muted",
      )}
    >
      {left < 0 ? `${(-left).toLocaleString("en")} too many` : `${left.toLocaleString("en")} left`}
    </span>
  );
}

/** Enter while an input method is open only accepts its suggestion; Safari says so by the key code alone. */
function isComposing(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.keyCode === 229;
}

function OpenComposer({ conversation, onTyping }: Omit<ComposerProps, "reopen">) {
  const { id } = conversation;
  const other = usePerson(conversation.other);
  const text = useDrafts((state) => state.drafts[id] ?? "");
  const textarea = useRef<HTMLTextAreaElement>(null);
  useAutosize(textarea, text);

  const left = text.length < MESSAGE_MAX - NEAR_LIMIT ? MESSAGE_MAX : MESSAGE_MAX - lengthOf(text);
  const maySend = text.trim() !== "" && left >= 0;

  useEffect(() => {
    // On a touch screen the focus would raise the keyboard over the messages one came to read.
    if (!window.matchMedia("(pointer: coarse)").matches) textarea.current?.focus({ preventScroll: true });
    return () => onTyping(false);
  }, [onTyping]);

  const send = () => {
    if (!maySend) return;
    sendMessage(id, text);
    setDraft(id, "");
    onTyping(false);
    textarea.current?.focus();
  };
  const change = (value: string) => {
    setDraft(id, value);
    onTyping(value.trim() !== "");
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    send();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };

  return (
    <form onSubmit={submit} className="px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6 sm:pb-5">
      <div className="composer-frame flex items-end gap-1 rounded-lg border border-line-strong bg-surface p-1.5 shadow-raised">
        <textarea
          ref={textarea}
          aria-label="Message"
          placeholder={`Message ${titleOf(conversation, other)}`}
          rows={1}
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={keyDown}
          onBlur={() => onTyping(false)}
          enterKeyHint="send"
          className="autosize max-h-[38dvh] min-h-9 flex-1 resize-none bg-transparent px-2.5 py-1.5 outline-none max-sm:min-h-11 max-sm:py-2.5 max-sm:text-[1rem]"
        />
        {left <= NEAR_LIMIT && <RoomLeft left={left} />}
        <button
          type="submit"
          aria-label="Send message"
          title="Send message"
          disabled={!maySend}
          className="tap-target inline-flex size-9 shrink-0 items-center justify-center rounded-md bg-accent text-on-accent transition-colors hover:bg-accent-strong disabled:bg-transparent disabled:text-ink-muted"
        >
          <SendHorizontal aria-hidden size={18} />
        </button>
      </div>
    </form>
  );
}

export function Composer({ conversation, onTyping, reopen }: ComposerProps) {
  if (!conversation.can.send) return <ClosedComposer conversation={conversation} reopen={reopen} />;
  return <OpenComposer key={conversation.id} conversation={conversation} onTyping={onTyping} />;
}
