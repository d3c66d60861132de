import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { Navigate, Outlet, useLocation, useNavigate } from "react-router";
import { AccountMenu } from "../features/auth/account-menu.tsx";
import { countUnsent, signOut } from "../features/auth/sign-out.ts";
import { ConnectionBanner } from "../features/connection/connection-banner.tsx";
import { markRead } from "../features/conversations/mark-read.ts";
import { Sidebar } from "../features/conversations/sidebar.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { useShortcuts } from "../features/navigation/use-shortcuts.ts";
import { sentenceFor } from "../lib/api-error.ts";
import { loginPathFor, paths } from "../lib/paths.ts";
import { queryClient } from "../lib/query-client.ts";
import { startLive, stopLive } from "../realtime/live.ts";
import { useSession } from "../stores/session.store.ts";
import { SkipLink } from "../ui/skip-link.tsx";
import { useMediaQuery } from "../ui/use-media-query.ts";
import { FlashNotice } from "./flash-notice.tsx";

type Overlay = "none" | "new" | "switcher" | "shortcuts" | "sign_out";
const Overlays = lazy(async () => ({ default: (await import("./workspace-overlays.tsx")).WorkspaceOverlays }));

function useLive(): void {
  const userId = useSession((state) => state.me?.id);
  useEffect(() => {
    if (userId === undefined) return;
    startLive();
    return () => {
      stopLive();
      // The next person on this browser must find nothing of this one.
      queryClient.clear();
    };
  }, [userId]);
}

/** What stands above the list where it is a page of its own. */
function ListPageBanner() {
  usePageTitle("Conversations");
  return (
    <>
      <ConnectionBanner />
      <div className="px-3 pt-3 empty:hidden">
        <FlashNotice />
      </div>
    </>
  );
}

function Workspace() {
  const location = useLocation();
  const navigate = useNavigate();
  const [overlay, setOverlay] = useState<Overlay>("none");
  const [problem, setProblem] = useState<string | null>(null);
  const isNarrow = useMediaQuery("(width < 48rem)");
  const isChat = location.pathname.startsWith("/chat/");
  const isListPage = location.pathname === paths.conversations && location.search === "";
  useLive();
  useShortcuts({
    onSwitcher: useCallback(() => setOverlay("switcher"), []),
    onHelp: useCallback(() => setOverlay("shortcuts"), []),
    onMarkRead: markRead,
  });
  const close = () => {
    setOverlay("none");
    setProblem(null);
  };
  const leave = async () => {
    try {
      await signOut();
    } catch (error) {
      // Whoever leaves a shared computer must hear that they are still signed in.
      setProblem(sentenceFor(error));
      return setOverlay("sign_out");
    }
    await navigate(paths.login, { replace: true });
  };
  const askToLeave = () => (countUnsent() > 0 ? setOverlay("sign_out") : void leave());

  return (
    <div className="flex h-dvh overflow-hidden">
      <SkipLink targetId={isChat ? "messages" : "main"}>{isChat ? "Skip to messages" : "Skip to content"}</SkipLink>
      <Sidebar
        place={!isNarrow ? "beside" : isListPage ? "page" : "hidden"}
        onNew={() => setOverlay("new")}
        onSwitcher={() => setOverlay("switcher")}
        banner={isNarrow && <ListPageBanner />}
        footer={<AccountMenu onSignOut={askToLeave} onShortcuts={() => setOverlay("shortcuts")} />}
      />
      {!(isNarrow && isListPage) && (
        <div className="flex min-w-0 flex-1 flex-col pt-[env(safe-area-inset-top)]">
          <ConnectionBanner />
          <main id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none">
            <Outlet />
          </main>
        </div>
      )}
      {overlay !== "none" && (
        <Suspense>
          <Overlays overlay={overlay} onClose={close} onLeave={leave} unsent={countUnsent()} problem={problem} />
        </Suspense>
      )}
    </div>
  );
}

export function Component() {
  const status = useSession((state) => state.status);
  const location = useLocation();
  if (status === "signed_out") return <Navigate replace to={loginPathFor(location)} />;
  return (
    <QueryClientProvider client={queryClient}>
      <Workspace />
    </QueryClientProvider>
  );
}
