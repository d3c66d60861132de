import { ApiError, fieldMessage } from "../../lib/api-error.ts";

/** A function from a field's name to what the server said about it. */
export function useFormProblems(failure: Error | null): (field: string) => string | null {
  return (field) => (failure instanceof ApiError ? (fieldMessage(failure, field) ?? null) : null);
}
