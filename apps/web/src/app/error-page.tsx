import { useRouteError } from "react-router";
import { ApiError } from "../lib/api-error.ts";
import { Button } from "../ui/button.tsx";
import { StatusPage } from "../ui/status-page.tsx";

const KEPT = "Nothing you wrote is lost: drafts and unsent messages are kept in this browser.";

/** Anything that went wrong while drawing a page, or while fetching what it needs: its code, or who this is. */
export function ErrorPage() {
  const error = useRouteError();
  const isServers = error instanceof ApiError;
  return (
    <main className="h-dvh">
      <StatusPage
        status={isServers ? "Not now" : "Something broke"}
        title={isServers ? "Confab cannot be opened" : "This page could not be shown"}
        action={
          <Button look="primary" onClick={() => window.location.reload()}>
            {isServers ? "Try again" : "Reload the page"}
          </Button>
        }
      >
        {isServers ? `${error.message} ${KEPT}` : KEPT}
      </StatusPage>
    </main>
  );
}
