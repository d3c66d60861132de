import { useState } from "react";
import { sentenceFor } from "../../lib/api-error.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { useAct } from "../../ui/use-act.ts";
import { AccountSection, SectionFooter } from "./account-section.tsx";
import { endOtherSessions } from "./end-session.ts";
import { SessionRow } from "./session-row.tsx";
import { useSessions } from "./use-sessions.ts";

/** Every browser and program that is signed in with this account. */
export function SessionsSection() {
  const sessions = useSessions();
  const [asks, setAsks] = useState(false);
  const { busy, failure, run } = useAct(endOtherSessions);
  const endOthers = async () => {
    if (await run()) setAsks(false);
  };
  return (
    <AccountSection
      title="Sessions"
      lead="Where you are signed in. End what you do not recognise, and change your password then."
    >
      {sessions.isPending && <SkeletonRows count={2} label="Loading your sessions" />}
      {sessions.isError && <ErrorState message={sentenceFor(sessions.error)} onRetry={() => sessions.refetch()} />}
      {sessions.data !== undefined && (
        <ul aria-label="Sessions" className="-mt-2 pb-2">
          {sessions.data.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </ul>
      )}
      <ShowMore list={sessions} className="mx-4 mb-4 sm:mx-6" />
      {sessions.data !== undefined && sessions.data.length > 1 && (
        <SectionFooter>
          <Button className="ml-auto" onClick={() => setAsks(true)}>
            Sign out everywhere else
          </Button>
        </SectionFooter>
      )}
      {asks && (
        <ConfirmDialog
          title="Sign out everywhere else?"
          message="All your other browsers and programs are signed out at once. This one stays."
          problem={failure === null ? null : sentenceFor(failure)}
          confirm="Sign out everywhere else"
          busy={busy}
          onConfirm={() => void endOthers()}
          onClose={() => setAsks(false)}
        />
      )}
    </AccountSection>
  );
}
