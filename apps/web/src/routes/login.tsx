import type { Workspace } from "@confab/shared/workspace";
import { useCallback } from "react";
import { useLoaderData, useLocation, useNavigate } from "react-router";
import { AuthLink, AuthPage } from "../features/auth/auth-page.tsx";
import { SignInForm } from "../features/auth/sign-in-form.tsx";
import { useFlash } from "../features/auth/use-flash.ts";
import { nextPathOf, paths } from "../lib/paths.ts";

export function Component() {
  const workspace = useLoaderData<Workspace>();
  const navigate = useNavigate();
  const location = useLocation();
  const { search, hash, key } = location;
  const flash = useFlash();
  const next = nextPathOf(location) ?? paths.conversations;
  const onDone = useCallback(() => navigate(next, { replace: true }), [navigate, next]);
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
              New here? <AuthLink to={paths.register + search + hash}>Create an account</AuthLink>
            </p>
          )}
          {workspace.guests && (
            <p>
              Just visiting? <AuthLink to={paths.guest + search + hash}>Enter as a guest</AuthLink>
            </p>
          )}
        </>
      }
    >
      <SignInForm key={key} flash={flash} onDone={onDone} />
    </AuthPage>
  );
}
