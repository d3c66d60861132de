import type { RegisterBody } from "@confab/shared/auth";
import type { Workspace } from "@confab/shared/workspace";
import { useState } from "react";
import { useLoaderData, useLocation, useNavigate } from "react-router";
import { AccountForm } from "../features/auth/account-form.tsx";
import { AuthLink, AuthPage } from "../features/auth/auth-page.tsx";
import { register } from "../features/auth/register.ts";
import { signIn } from "../features/auth/sign-in.ts";
import { takeFlash } from "../lib/flash.ts";
import { nextPathOf, paths } from "../lib/paths.ts";
import { Notice } from "../ui/notice.tsx";

async function registerAndSignIn(body: RegisterBody): Promise<void> {
  await register(body);
  await signIn({ username: body.username, password: body.password });
}

export function Component() {
  const workspace = useLoaderData<Workspace>();
  const navigate = useNavigate();
  const { search } = useLocation();
  const [flash] = useState(takeFlash);
  const open = workspace.registration === "open";
  return (
    <AuthPage
      title="Create your account"
      lead="Then you can talk to everyone here."
      links={
        <>
          <p>
            Already have an account? <AuthLink to={paths.login + search}>Sign in</AuthLink>
          </p>
          {workspace.guests && (
            <p>
              Just visiting? <AuthLink to={paths.guest + search}>Enter as a guest</AuthLink>
            </p>
          )}
        </>
      }
    >
      {open ? (
        <AccountForm
          flash={flash}
          action="/register"
          onSubmit={registerAndSignIn}
          onDone={() => navigate(nextPathOf(search) ?? paths.newestChat, { replace: true })}
        />
      ) : (
        <Notice kind="info">Registration is closed here. Ask an administrator for an account.</Notice>
      )}
    </AuthPage>
  );
}
