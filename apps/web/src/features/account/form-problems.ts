import { ApiError, fieldMessage } from "../../lib/api-error.ts";

function isPasswordWrong(failure: Error | null): boolean {
  return failure instanceof ApiError && failure.code === "password_wrong";
}

/** The sentence about one field; null when it is fine. A wrong password names no field, and is shown where it was typed. */
export function problemOf(failure: Error | null, field: string): string | null {
  return field === "password" && isPasswordWrong(failure) ? "That is not your password." : fieldMessage(failure, field);
}

/** Whether a failure is told beside a field, so that nothing has to be said above the form. */
export function isBesideField(failure: Error): boolean {
  return isPasswordWrong(failure) || (failure instanceof ApiError && failure.errors.some(({ field }) => field !== ""));
}
