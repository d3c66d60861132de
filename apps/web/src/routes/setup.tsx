import type { RegisterBody } from "@confab/shared/auth";
import type { Workspace } from "@confab/shared/workspace";
import { useCallback } from "react";
import { useLoaderData, useLocation, useNavigate } from "react-router";
import { AccountForm } from "../features/auth/account-form.tsx";
import { AuthLink, AuthPage } from "../features/auth/auth-page.tsx";
import { setUp } from "../features/auth/set-up.ts";
import { paths } from "../lib/paths.ts";
import { Notice } from "../ui/notice.tsx";

export function Component() {
  const workspace = useLoaderData<Workspace>();
  const navigate = useNavigate();
  // The token stands after the #, so that it reaches neither the server's log nor another site.
  const token = useLocation().hash.slice(1);
  const submit = useCallback(
    async (body: RegisterBody) => {
      await setUp({ ...body, token });
    },
    [token],
  );
  const usable = workspace.setup_needed && token !== "";
  return (
    <AuthPage
      title="Set up Confab"
      lead={
        usable
          ? "Create the first account. It will be the administrator."
          : "This page makes the first administrator of a new server."
      }
      links={usable ? undefined : <AuthLink to={paths.login}>Go to sign in</AuthLink>}
    >
      {usable ? (
        <AccountForm
          flash={null}
          action={null}
          onSubmit={submit}
          onDone={() => navigate(paths.newestChat, { replace: true })}
        />
      ) : (
        <Notice kind="info">
          {workspace.setup_needed
            ? "The link is incomplete. Copy it whole from the server’s log, with everything after the #."
            : "This server is set up already. Sign in, or ask its administrator for an account."}
        </Notice>
      )}
    </AuthPage>
  );
}
