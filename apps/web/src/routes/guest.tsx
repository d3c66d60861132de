import type { Workspace } from "@confab/shared/workspace";
import { useCallback } from "react";
import { useLoaderData, useLocation, useNavigate } from "react-router";
import { AuthLink, AuthPage } from "../features/auth/auth-page.tsx";
import { GuestForm } from "../features/auth/guest-form.tsx";
import { useFlash } from "../features/auth/use-flash.ts";
import { nextPathOf, paths } from "../lib/paths.ts";
import { countOf } from "../lib/titles.ts";
import { Notice } from "../ui/notice.tsx";

export function Component() {
  const workspace = useLoaderData<Workspace>();
  const navigate = useNavigate();
  const location = useLocation();
  const { search, hash } = location;
  const flash = useFlash();
  const next = nextPathOf(location) ?? paths.newestChat;
  const onDone = useCallback(() => navigate(next, { replace: true }), [navigate, next]);
  return (
    <AuthPage
      title="Come in as a guest"
      lead={`No account, no password. Your visit lasts ${countOf(workspace.guest_ttl_hours, "hour")}.`}
      links={
        <>
          <p>
            Have an account? <AuthLink to={paths.login + search + hash}>Sign in</AuthLink>
          </p>
          {workspace.registration === "open" && (
            <p>
              Staying longer? <AuthLink to={paths.register + search + hash}>Create an account</AuthLink>
            </p>
          )}
        </>
      }
    >
      {workspace.guests ? (
        <GuestForm flash={flash} button="Enter as guest" onDone={onDone} />
      ) : (
        <Notice kind="info">Guests cannot enter here. Ask an administrator for an account.</Notice>
      )}
    </AuthPage>
  );
}
