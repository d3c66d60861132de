import { AuthPage } from "../features/auth/auth-page.tsx";

export function Component() {
  return (
    <AuthPage title="You are invited" lead="">
      {null}
    </AuthPage>
  );
}
