import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";
import { tinykeys } from "tinykeys";
import { paths } from "../../lib/paths.ts";
import { selectSortedConversations, useConversations } from "../../stores/conversations.store.ts";

interface ShortcutActs {
  onSwitcher: () => void;
  onHelp: () => void;
  onMarkRead: (conversationId: string, seq: number) => void;
}

function openConversationId(pathname: string): string | null {
  return /^\/chat\/([^/]+)/.exec(pathname)?.[1] ?? null;
}

/** The next conversation in the list's own order, going round; null when there is no other. */
function neighbourOf(currentId: string | null, step: 1 | -1, onlyUnread: boolean): string | null {
  const all = selectSortedConversations(useConversations.getState());
  const candidates = all.filter(
    (conversation) => conversation.id === currentId || !onlyUnread || conversation.unread > 0,
  );
  const here = candidates.findIndex((conversation) => conversation.id === currentId);
  const start = here === -1 && step === -1 ? 0 : here;
  const next = candidates[(start + step + candidates.length) % candidates.length];
  return next === undefined || next.id === currentId ? null : next.id;
}

/** The keys that work everywhere in the signed-in part. */
export function useShortcuts({ onSwitcher, onHelp, onMarkRead }: ShortcutActs): void {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  useEffect(() => {
    const currentId = openConversationId(pathname);
    const act = (run: () => void) => (event: KeyboardEvent) => {
      event.preventDefault();
      run();
    };
    const go = (step: 1 | -1, onlyUnread: boolean) =>
      act(() => {
        const id = neighbourOf(currentId, step, onlyUnread);
        if (id !== null) void navigate(paths.chat(id));
      });
    const markRead = (event: KeyboardEvent) => {
      const isSomethingOpen = document.querySelector('[role="dialog"],[role="menu"]') !== null;
      const conversation = currentId === null ? undefined : useConversations.getState().conversations[currentId];
      if (event.defaultPrevented || isSomethingOpen || event.isComposing || conversation === undefined) return;
      onMarkRead(conversation.id, conversation.last_seq);
    };
    return tinykeys(
      window,
      {
        "$mod+KeyK": act(onSwitcher),
        "$mod+Slash": act(onHelp),
        "Alt+ArrowUp": go(-1, false),
        "Alt+ArrowDown": go(1, false),
        "Alt+Shift+ArrowUp": go(-1, true),
        "Alt+Shift+ArrowDown": go(1, true),
        Escape: markRead,
      },
      // They work while one is writing, too.
      { ignore: () => false },
    );
  }, [pathname, navigate, onSwitcher, onHelp, onMarkRead]);
}
