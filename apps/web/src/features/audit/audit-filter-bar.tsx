import { AUDIT_ACTIONS } from "@confab/shared/audit";
import { Download } from "lucide-react";
import { adminApi } from "../../lib/admin-api.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { DateField } from "../../ui/date-field.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { Select } from "../../ui/select.tsx";
import { type AuditForm, actionGroups, filterOf } from "./audit-filter.ts";

const ALL = [{ value: "all", label: "Every action" }] as const;
const GROUPS = actionGroups().map(({ label, actions }) => ({
  label,
  choices: actions.map((action) => ({ value: action, label: AUDIT_ACTIONS[action] })),
}));

interface AuditFilterBarProps {
  form: AuditForm;
  onChange: (form: AuditForm) => void;
}

/** What to show; the file holds the same. */
export function AuditFilterBar({ form, onChange }: AuditFilterBarProps) {
  return (
    <div className="grid grid-cols-2 gap-x-2 gap-y-3 sm:grid-cols-[1fr_1fr_auto]">
      <SearchField
        label="Search by person"
        value={form.person}
        onValueChange={(person) => onChange({ ...form, person })}
        className="max-sm:col-span-2"
      />
      <Select<AuditForm["action"]>
        bare
        label="Action"
        value={form.action}
        choices={ALL}
        groups={GROUPS}
        onChoose={(action) => onChange({ ...form, action })}
        className="col-span-2"
      />
      <DateField
        label="From"
        value={form.from}
        {...(form.until !== "" && { max: form.until })}
        onValueChange={(from) => onChange({ ...form, from })}
      />
      <DateField
        label="Until"
        value={form.until}
        {...(form.from !== "" && { min: form.from })}
        onValueChange={(until) => onChange({ ...form, until })}
      />
      <ButtonLink
        to={adminApi.auditCsvPath(filterOf(form))}
        reloadDocument
        download
        className="h-10 self-end max-sm:col-span-2 max-sm:h-11"
      >
        <Download aria-hidden size={16} />
        Export as CSV
      </ButtonLink>
    </div>
  );
}
