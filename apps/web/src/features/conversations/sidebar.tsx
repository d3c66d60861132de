import { Search, SquarePen } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { paths } from "../../lib/paths.ts";
import { useSession } from "../../stores/session.store.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { ProductMark } from "../../ui/product-mark.tsx";
import { ConversationList } from "./conversation-list.tsx";

interface SidebarProps {
  onNew: () => void;
  onSwitcher: () => void;
  /** Stands above the list. */
  banner: ReactNode;
  footer: ReactNode;
  /** On a narrow window the list is a page of its own, or not there. */
  place: "beside" | "page" | "hidden";
}

export function Sidebar({ onNew, onSwitcher, banner, footer, place }: SidebarProps) {
  const mayStart = useSession((state) => state.me?.can.start_direct === true || state.me?.can.create_group === true);
  if (place === "hidden") return null;
  const Frame = place === "page" ? "main" : "aside";
  return (
    <Frame
      id={place === "page" ? "main" : undefined}
      aria-label={place === "page" ? undefined : "Sidebar"}
      className={classNames(
        "flex shrink-0 flex-col bg-sunken pt-[env(safe-area-inset-top)]",
        place === "page" ? "w-full" : "w-76 border-r border-line",
      )}
    >
      {banner}
      {place === "page" && <h1 className="sr-only">Conversations</h1>}
      <div className="flex h-15 shrink-0 items-center justify-between gap-2 pr-3 pl-4.5">
        <Link
          to={paths.conversations}
          className="flex items-center gap-2.5 rounded-sm text-lg font-semibold tracking-tight"
        >
          <ProductMark />
          Confab
        </Link>
        <div className="flex items-center gap-1">
          <IconButton label="Switch conversation" onClick={onSwitcher}>
            <Search aria-hidden size={18} />
          </IconButton>
          {mayStart && (
            <Button size="small" onClick={onNew}>
              <SquarePen aria-hidden size={14} />
              New
            </Button>
          )}
        </div>
      </div>
      <nav aria-label="Conversations" className="min-h-0 flex-1 overflow-y-auto px-2 py-1">
        <ConversationList onNew={mayStart ? onNew : null} />
      </nav>
      <div className="border-t border-line p-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]">{footer}</div>
    </Frame>
  );
}
