import type { Workspace, WorkspaceSettings } from "@confab/shared/workspace";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { adminApi } from "../../lib/admin-api.ts";
import { api } from "../../lib/api.ts";

const KEY = ["workspace"];

export function useWorkspace() {
  return useQuery({ queryKey: KEY, queryFn: api.workspace });
}

/** Saves some of the settings. One save at a time, so that of two the later one holds. */
export function useUpdateWorkspace(onSaved: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: Partial<WorkspaceSettings>) => adminApi.updateWorkspace(changes),
    scope: { id: "workspace" },
    networkMode: "always",
    onSuccess: (workspace) => {
      client.setQueryData<Workspace>(KEY, workspace);
      onSaved();
    },
  });
}
