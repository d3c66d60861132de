import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** Every conversation there is, for administrators; everybody else reads their own from the store. */
export function useAllConversations(enabled = true) {
  return useQuery({
    queryKey: ["conversations", "all"],
    queryFn: () => api.listConversations("all"),
    enabled,
  });
}
