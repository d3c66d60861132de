import { AuditLog } from "../features/audit/audit-log.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { paths } from "../lib/paths.ts";
import { Page } from "../ui/page.tsx";

export function Component() {
  usePageTitle("Audit log");
  return (
    <Page
      title="Audit log"
      lead="Who did what to whom, when and from where."
      back={{ to: paths.conversations, label: "Back to conversations" }}
    >
      <AuditLog />
    </Page>
  );
}
