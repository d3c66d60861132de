import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { AccountTable } from "../features/users/account-table.tsx";
import { CreateAccountButton } from "../features/users/create-account-button.tsx";
import { paths } from "../lib/paths.ts";
import { Page } from "../ui/page.tsx";

export function Component() {
  usePageTitle("Users");
  return (
    <Page
      title="Users"
      lead="Everyone in this workspace except you."
      back={{ to: paths.conversations, label: "Back to conversations" }}
      actions={<CreateAccountButton />}
    >
      <AccountTable />
    </Page>
  );
}
