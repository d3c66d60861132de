import { Button } from "../ui/button.tsx";
import { StatusPage } from "../ui/status-page.tsx";

/** Anything that went wrong while drawing a page, or while fetching its code after an update of the server. */
export function ErrorPage() {
  return (
    <main className="h-dvh">
      <StatusPage
        status="Something broke"
        title="This page could not be shown"
        action={
          <Button look="primary" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        }
      >
        Nothing you wrote is lost: drafts and unsent messages are kept in this browser.
      </StatusPage>
    </main>
  );
}
