import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { Page } from "../ui/page.tsx";

export function Component() {
  usePageTitle("Audit log");
  return <Page title="Audit log">{null}</Page>;
}
