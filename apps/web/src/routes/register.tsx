import type { Workspace } from "@confab/shared/workspace";
import { useCallback } from "react";
import { useLoaderData, useLocation, useNavigate } from "react-router";
import { AccountForm } from "../features/auth/account-form.tsx";
import { AuthLink, AuthPage } from "../features/auth/auth-page.tsx";
import { register } from "../features/auth/register.ts";
import { useFlash } from "../features/auth/use-flash.ts";
import { nextPathOf, paths } from "../lib/paths.ts";
import { Notice } from "../ui/notice.tsx";

const CLOSED = {
  invite: "An account here needs an invitation. Ask somebody for a link, and open it.",
  closed: "Registration is closed here. Ask an administrator for an account.",
};

export function Component() {
  const { registration, guests } = useLoaderData<Workspace>();
  const navigate = useNavigate();
  const location = useLocation();
  const { search, hash } = location;
  const flash = useFlash();
  const next = nextPathOf(location) ?? paths.newestChat;
  const onDone = useCallback(() => navigate(next, { replace: true }), [navigate, next]);
  return (
    <AuthPage
      title="Create your account"
      lead="Then you can talk to everyone here."
      links={
        <>
          <p>
            Already have an account? <AuthLink to={paths.login + search + hash}>Sign in</AuthLink>
          </p>
          {guests && (
            <p>
              Just visiting? <AuthLink to={paths.guest + search + hash}>Enter as a guest</AuthLink>
            </p>
          )}
        </>
      }
    >
      {registration === "open" ? (
        <AccountForm flash={flash} action="/register" onSubmit={register} onDone={onDone} />
      ) : (
        <Notice kind="info">{CLOSED[registration]}</Notice>
      )}
    </AuthPage>
  );
}
