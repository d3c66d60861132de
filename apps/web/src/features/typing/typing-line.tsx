import { useShallow } from "zustand/react/shallow";
import { type Typist, usePresence } from "../../stores/presence.store.ts";
import { useUsers } from "../../stores/users.store.ts";

const NOBODY: readonly Typist[] = [];

function sentenceOf(names: string[]): string {
  const [first, second] = names;
  if (names.length === 1) return `${first} is typing…`;
  if (names.length === 2) return `${first} and ${second} are typing…`;
  if (names.length === 3) return `${first}, ${second} and ${names[2]} are typing…`;
  return `${first}, ${second} and ${names.length - 2} others are typing…`;
}

/** Keeps its height when nobody types, so that the messages above stay where they are. */
export function TypingLine({ conversationId }: { conversationId: string }) {
  const typists = usePresence((state) => state.typing[conversationId] ?? NOBODY);
  const names = useUsers(useShallow(({ users }) => typists.map(({ user }) => (users[user.id] ?? user).username)));
  return (
    <div
      aria-live="off"
      data-typing={names.length > 0 ? "" : undefined}
      className="flex h-6 shrink-0 items-center gap-2 px-4 text-xs text-ink-muted sm:px-7"
    >
      {names.length > 0 && (
        <>
          <span aria-hidden className="flex gap-0.5">
            {[0, 160, 320].map((delay) => (
              <span
                key={delay}
                style={{ animationDelay: `${delay}ms` }}
                className="typing-dot size-1 rounded-full bg-ink-muted"
              />
            ))}
          </span>
          <span className="truncate">{sentenceOf(names)}</span>
        </>
      )}
    </div>
  );
}
