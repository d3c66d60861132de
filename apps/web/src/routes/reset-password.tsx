import { AuthPage } from "../features/auth/auth-page.tsx";

export function Component() {
  return (
    <AuthPage title="Set a new password" lead="">
      {null}
    </AuthPage>
  );
}
