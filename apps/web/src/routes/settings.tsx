import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { Page } from "../ui/page.tsx";

export function Component() {
  usePageTitle("Settings");
  return <Page title="Settings">{null}</Page>;
}
