import { Outlet } from "react-router";
import { paths } from "../lib/paths.ts";
import { useSession } from "../stores/session.store.ts";
import { ButtonLink } from "../ui/button.tsx";
import { PageNav } from "../ui/page-nav.tsx";
import { StatusPage } from "../ui/status-page.tsx";
import { useDocumentTitle } from "../ui/use-document-title.ts";

const PAGES = [
  { to: paths.users, label: "Users" },
  { to: paths.groups, label: "Groups" },
  { to: paths.settings, label: "Settings" },
  { to: paths.audit, label: "Audit log" },
];

export function Forbidden() {
  useDocumentTitle("Not allowed");
  return (
    <StatusPage
      status="403"
      title="This page is for administrators"
      action={
        <ButtonLink look="primary" to={paths.conversations}>
          Go to your conversations
        </ButtonLink>
      }
    >
      If you need something done here, ask one of them.
    </StatusPage>
  );
}

export function Component() {
  const allowed = useSession((state) => state.me?.can.manage_workspace === true);
  if (!allowed) return <Forbidden />;
  return (
    <div className="flex h-full flex-col">
      <PageNav label="Administration" links={PAGES} />
      <div className="min-h-0 flex-1">
        <Outlet />
      </div>
    </div>
  );
}
