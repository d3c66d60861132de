import type { Flash } from "@confab/shared/workspace";
import { ApiError } from "../../lib/api-error.ts";
import { Notice } from "../../ui/notice.tsx";

interface AuthProblemProps {
  failure: Error | null;
  flash: Flash | null;
}

/** What is wrong with the form as a whole; what is wrong with one field stands beside that field. */
export function AuthProblem({ failure, flash }: AuthProblemProps) {
  if (failure !== null) {
    const besideFields = failure instanceof ApiError && failure.errors.some((each) => each.field !== "");
    return besideFields ? null : <Notice kind="error">{failure.message}</Notice>;
  }
  return flash === null ? null : <Notice kind={flash.kind}>{flash.message}</Notice>;
}
