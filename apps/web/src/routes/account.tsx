import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { Page } from "../ui/page.tsx";

export function Component() {
  usePageTitle("Your account");
  return <Page title="Your account">{null}</Page>;
}
