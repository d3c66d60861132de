import type { Me } from "@confab/shared/users";
import { useEffect } from "react";
import { useLoaderData, useLocation } from "react-router";
import { AuthPage } from "../features/auth/auth-page.tsx";
import { Invitation, InvitationSkeleton } from "../features/join/invitation.tsx";
import { useOpenedInvite } from "../features/join/use-opened-invite.ts";
import { paths } from "../lib/paths.ts";
import { ButtonLink } from "../ui/button.tsx";
import { ErrorState } from "../ui/states.tsx";
import { OtherWays, WayIn } from "./join-way-in.tsx";

interface JoinProps {
  token: string;
  /** Who opened the link; null for somebody who is not signed in. */
  me: Me | null;
}

function InvalidLink({ token, me }: JoinProps) {
  return (
    <AuthPage
      title={token === "" ? "This link is incomplete" : "This link does not work any more"}
      lead={
        token === ""
          ? "Copy it whole, with everything after the #, and open it again."
          : "It has expired, was used up or taken back. Ask whoever sent it to you for a new one."
      }
    >
      <ButtonLink look="primary" size="large" className="w-full" to={me === null ? paths.login : paths.conversations}>
        {me === null ? "Go to sign in" : "Go to your conversations"}
      </ButtonLink>
    </AuthPage>
  );
}

function Join({ token, me }: JoinProps) {
  const { opening, retry } = useOpenedInvite(token);
  if (opening.status === "invalid") return <InvalidLink token={token} me={me} />;
  if (opening.status === "opening") return <AuthPage title="You are invited" heading={<InvitationSkeleton />} />;
  if (opening.status === "failed") {
    return <AuthPage title="You are invited" heading={<ErrorState message={opening.message} onRetry={retry} />} />;
  }
  const { invite } = opening;
  const { conversation, invited_by } = invite;
  return (
    <AuthPage
      title={conversation === null ? "You are invited" : `Join ${conversation.name}`}
      lead={`${invited_by} invites you to make an account here.`}
      heading={conversation === null ? undefined : <Invitation conversation={conversation} invitedBy={invited_by} />}
      links={<OtherWays token={token} me={me} invite={invite} />}
    >
      <WayIn token={token} me={me} invite={invite} />
    </AuthPage>
  );
}

export function Component() {
  const me = useLoaderData<Me | null>();
  const token = useLocation().hash.slice(1);
  // The next page comes while the name is typed. If it does not, whoever goes there is told.
  useEffect(() => {
    Promise.all([import("./workspace.tsx"), import("./chat.tsx")]).catch(() => undefined);
  }, []);
  return <Join key={token} token={token} me={me} />;
}
