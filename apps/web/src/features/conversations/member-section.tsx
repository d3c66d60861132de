import type { Conversation } from "@confab/shared/conversations";
import { UserPlus } from "lucide-react";
import type { ReactNode } from "react";
import { countOf } from "../../lib/titles.ts";
import { useSession } from "../../stores/session.store.ts";
import { Button } from "../../ui/button.tsx";
import { Card, Section } from "../../ui/page.tsx";
import { memberActsOf } from "./member-acts.ts";
import { MemberList } from "./member-list.tsx";
import { MemberMenu } from "./member-menu.tsx";
import { useGroupDialog } from "./use-group-dialog.tsx";

/** Who is in a conversation, with everything the caller may do about it. `children` stand beside "Add people". */
export function MemberSection({ conversation, children }: { conversation: Conversation; children?: ReactNode }) {
  const myId = useSession((state) => state.me?.id);
  const group = useGroupDialog(conversation);
  return (
    <Section
      title={countOf(conversation.member_count, "member")}
      actions={
        <>
          {children}
          {conversation.can.change_members && (
            <Button size="small" onClick={() => group.open("add_people")}>
              <UserPlus aria-hidden size={15} />
              Add people
            </Button>
          )}
        </>
      }
    >
      <Card>
        <MemberList
          conversation={conversation}
          menuFor={(member) => {
            const acts = memberActsOf(conversation, member, myId);
            return acts.length > 0 && <MemberMenu acts={acts} conversation={conversation} member={member} />;
          }}
        />
      </Card>
      {group.dialog}
    </Section>
  );
}
