import type { Flash } from "@confab/shared/workspace";
import { useCallback } from "react";
import { useLocation, useNavigate } from "react-router";
import { AuthLink, AuthPage } from "../features/auth/auth-page.tsx";
import { ResetPasswordForm } from "../features/auth/reset-password-form.tsx";
import { paths } from "../lib/paths.ts";
import { Notice } from "../ui/notice.tsx";

export function Component() {
  const navigate = useNavigate();
  const token = useLocation().hash.slice(1);
  const onDone = useCallback(
    (username: string) => {
      const flash: Flash = {
        kind: "success",
        message: "Your new password is set. Sign in with it.",
        values: { username },
      };
      return navigate(paths.login, { replace: true, state: { flash } });
    },
    [navigate],
  );
  return (
    <AuthPage
      title="Set a new password"
      lead="It replaces the old one, and ends every session you had."
      links={<AuthLink to={paths.login}>Go to sign in</AuthLink>}
    >
      {token === "" ? (
        <Notice kind="info">
          The link is incomplete. Copy it whole, with everything after the #, or ask an administrator for a new one.
        </Notice>
      ) : (
        <ResetPasswordForm key={token} token={token} onDone={onDone} />
      )}
    </AuthPage>
  );
}
