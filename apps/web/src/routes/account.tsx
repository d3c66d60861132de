import type { Flash } from "@confab/shared/workspace";
import { useCallback, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { AppearanceSection } from "../features/account/appearance-section.tsx";
import { ClaimSection } from "../features/account/claim-section.tsx";
import { DeleteSection } from "../features/account/delete-section.tsx";
import { EmailSection } from "../features/account/email-section.tsx";
import { PasswordSection } from "../features/account/password-section.tsx";
import { ProfileSection } from "../features/account/profile-section.tsx";
import { SessionsSection } from "../features/account/sessions-section.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { paths } from "../lib/paths.ts";
import { useSession } from "../stores/session.store.ts";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";

export function Component() {
  usePageTitle("Your account");
  const me = useSession((state) => state.me);
  const navigate = useNavigate();
  const location = useLocation();
  const [kept, setKept] = useState(false);
  const handleKept = useCallback(() => setKept(true), []);
  const handleDeleted = useCallback(() => {
    const flash: Flash = { kind: "success", message: "Your account is deleted." };
    return navigate(paths.login, { replace: true, state: { flash } });
  }, [navigate]);
  if (me === null) return null;
  const isGuest = me.role === "guest";
  return (
    <Page title="Your account" back={{ to: paths.conversations, label: "Back to conversations" }}>
      <div className="flex flex-col gap-5">
        {kept && (
          <Notice kind="success">This account is yours now. Sign in with your name or your e-mail address.</Notice>
        )}
        {me.can.claim_account && (
          <ClaimSection
            me={me}
            autoFocus={`${paths.account}${location.hash}` === paths.keepAccount}
            onDone={handleKept}
          />
        )}
        <ProfileSection me={me} />
        {!isGuest && <EmailSection me={me} />}
        {!isGuest && <PasswordSection me={me} />}
        <AppearanceSection me={me} />
        <SessionsSection />
        <DeleteSection me={me} onDone={handleDeleted} />
      </div>
    </Page>
  );
}
