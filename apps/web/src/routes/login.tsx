import type { Workspace } from "@confab/shared/workspace";
import { useState } from "react";
import { useLoaderData, useLocation, useNavigate } from "react-router";
import { AuthLink, AuthPage } from "../features/auth/auth-page.tsx";
import { SignInForm } from "../features/auth/sign-in-form.tsx";
import { takeFlash } from "../lib/flash.ts";
import { nextPathOf, paths } from "../lib/paths.ts";

export function Component() {
  const workspace = useLoaderData<Workspace>();
  const navigate = useNavigate();
  const { search } = useLocation();
  const [flash] = useState(takeFlash);
  return (
    <AuthPage
      title="Sign in"
      lead={
        workspace.setup_needed
          ? "Nobody has set this server up yet. The set-up link is in its log."
          : "Good to see you again."
      }
      links={
        <>
          {workspace.registration === "open" && (
            <p>
              New here? <AuthLink to={paths.register + search}>Create an account</AuthLink>
            </p>
          )}
          {workspace.guests && (
            <p>
              Just visiting? <AuthLink to={paths.guest + search}>Enter as a guest</AuthLink>
            </p>
          )}
        </>
      }
    >
      <SignInForm flash={flash} onDone={() => navigate(nextPathOf(search) ?? paths.conversations, { replace: true })} />
    </AuthPage>
  );
}
