import { Dialog } from "../../ui/dialog.tsx";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const MOD = isMac ? "⌘" : "Ctrl";
const ALT = isMac ? "⌥" : "Alt";

const SHORTCUTS: ReadonlyArray<{ does: string; keys: string[] }> = [
  { does: "Switch conversation", keys: [MOD, "K"] },
  { does: "Previous conversation", keys: [ALT, "↑"] },
  { does: "Next conversation", keys: [ALT, "↓"] },
  { does: "Previous unread conversation", keys: [ALT, "Shift", "↑"] },
  { does: "Next unread conversation", keys: [ALT, "Shift", "↓"] },
  { does: "Mark the conversation as read", keys: ["Esc"] },
  { does: "Send the message", keys: ["Enter"] },
  { does: "New line in the message", keys: ["Shift", "Enter"] },
  { does: "These shortcuts", keys: [MOD, "/"] },
];

export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts">
      <dl className="overflow-y-auto px-5 py-3">
        {SHORTCUTS.map(({ does, keys }) => (
          <div
            key={does}
            className="flex items-center justify-between gap-6 border-b border-line py-2.5 last:border-b-0"
          >
            <dt>{does}</dt>
            <dd className="flex shrink-0 gap-1">
              {keys.map((key) => (
                <kbd
                  key={key}
                  className="inline-flex h-6 min-w-6 items-center justify-center rounded-sm border border-line bg-sunken px-1.5 font-sans text-xs font-medium text-ink-soft"
                >
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
