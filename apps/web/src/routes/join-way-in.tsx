import type { RegisterBody } from "@confab/shared/auth";
import type { OpenedInvite } from "@confab/shared/invites";
import type { Me } from "@confab/shared/users";
import { useCallback } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { AccountForm } from "../features/auth/account-form.tsx";
import { AuthLink } from "../features/auth/auth-page.tsx";
import { GuestForm } from "../features/auth/guest-form.tsx";
import { register } from "../features/auth/register.ts";
import { JoinButton } from "../features/join/join-button.tsx";
import { loginPathFor, paths } from "../lib/paths.ts";
import { countOf } from "../lib/titles.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";

interface WayInProps {
  token: string;
  /** Who opened the link; null for somebody who is not signed in. */
  me: Me | null;
  invite: OpenedInvite;
}

function signInPath(token: string): string {
  return loginPathFor({ pathname: "/join", search: "", hash: `#${token}` });
}

/** Which form it is: a name alone where that is enough, unless somebody asks for the other. */
function useWayIn({ conversation, guests, registration }: OpenedInvite): "guest" | "account" | "sign_in" {
  const [search] = useSearchParams();
  const isGuestPossible = conversation !== null && guests;
  if (isGuestPossible && !(registration && search.get("as") === "account")) return "guest";
  return registration ? "account" : "sign_in";
}

/** The one step between an invitation and the conversation. */
export function WayIn({ token, me, invite }: WayInProps) {
  const navigate = useNavigate();
  const way = useWayIn(invite);
  const target = invite.conversation === null ? paths.newestChat : paths.chat(invite.conversation.id);
  const enter = useCallback(() => navigate(target, { replace: true }), [navigate, target]);
  const registerByInvite = useCallback((body: RegisterBody) => register({ ...body, invite: token }), [token]);
  if (me !== null && invite.conversation !== null) return <JoinButton me={me} token={token} onDone={enter} />;
  if (me !== null) return <Notice kind="info">You are signed in as {me.username} and need no other account.</Notice>;
  if (way === "account") return <AccountForm flash={null} action={null} onSubmit={registerByInvite} onDone={enter} />;
  if (way === "guest") {
    return (
      <>
        <GuestForm flash={null} invite={token} button="Join the conversation" onDone={enter} />
        <p className="mt-4 text-center text-sm text-balance text-ink-muted">
          No account, no password. Your visit lasts {countOf(invite.guest_ttl_hours, "hour")}.
        </p>
      </>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      <Notice kind="info">
        {invite.conversation === null
          ? "No new accounts can be made here at present."
          : "Guests cannot enter here. Sign in with your account to join."}
      </Notice>
      <ButtonLink look="primary" size="large" to={signInPath(token)}>
        Sign in
      </ButtonLink>
    </div>
  );
}

export function OtherWays({ token, me, invite }: WayInProps) {
  const way = useWayIn(invite);
  if (me !== null) return <AuthLink to={paths.conversations}>Go to your conversations</AuthLink>;
  return (
    <>
      {way !== "sign_in" && (
        <p>
          Have an account? <AuthLink to={signInPath(token)}>Sign in</AuthLink>
        </p>
      )}
      {way === "guest" && invite.registration && (
        <p>
          Staying longer? <AuthLink to={paths.joinAs("account", token)}>Create an account</AuthLink>
        </p>
      )}
      {way === "account" && invite.conversation !== null && invite.guests && (
        <p>
          Just visiting? <AuthLink to={paths.joinAs("guest", token)}>Join with a name alone</AuthLink>
        </p>
      )}
    </>
  );
}
