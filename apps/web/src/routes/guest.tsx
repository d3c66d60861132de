import type { Workspace } from "@confab/shared/workspace";
import { useState } from "react";
import { useLoaderData, useLocation, useNavigate } from "react-router";
import { AuthLink, AuthPage } from "../features/auth/auth-page.tsx";
import { GuestForm } from "../features/auth/guest-form.tsx";
import { takeFlash } from "../lib/flash.ts";
import { nextPathOf, paths } from "../lib/paths.ts";
import { Notice } from "../ui/notice.tsx";

export function Component() {
  const workspace = useLoaderData<Workspace>();
  const navigate = useNavigate();
  const { search } = useLocation();
  const [flash] = useState(takeFlash);
  const hours = workspace.guest_ttl_hours;
  return (
    <AuthPage
      title="Come in as a guest"
      lead={`No account, no password. Your visit lasts ${hours === 1 ? "one hour" : `${hours} hours`}.`}
      links={
        <>
          <p>
            Have an account? <AuthLink to={paths.login + search}>Sign in</AuthLink>
          </p>
          {workspace.registration === "open" && (
            <p>
              Staying longer? <AuthLink to={paths.register + search}>Create an account</AuthLink>
            </p>
          )}
        </>
      }
    >
      {workspace.guests ? (
        <GuestForm flash={flash} onDone={() => navigate(nextPathOf(search) ?? paths.newestChat, { replace: true })} />
      ) : (
        <Notice kind="info">Guests cannot enter here. Ask an administrator for an account.</Notice>
      )}
    </AuthPage>
  );
}
