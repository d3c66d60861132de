import type { PasswordResetLink } from "@confab/shared/accounts";
import { paths } from "../../lib/paths.ts";
import { formatFull } from "../../lib/time.ts";
import { LinkField } from "../../ui/link-field.tsx";

/** The one-time link by which somebody sets a password; nobody can show it a second time. */
export function PasswordLink({ name, reset }: { name: string; reset: PasswordResetLink }) {
  return (
    <div className="flex flex-col gap-3">
      <LinkField
        label={`Link for ${name}`}
        link={window.location.origin + paths.resetPassword(reset.token)}
        title={`Set your password, ${name}`}
      />
      <p className="text-sm text-ink-muted">
        Hand it over now: it is shown only this once. It works once, until{" "}
        <time dateTime={reset.expires_at}>{formatFull(reset.expires_at)}</time>.
      </p>
    </div>
  );
}
