import { createBrowserRouter, redirect } from "react-router";
import { paths } from "../lib/paths.ts";
import { ErrorPage } from "./error-page.tsx";
import { askWhoCame, requireNoSession, requireSession } from "./guards.ts";
import { Splash } from "./splash.tsx";

/** Every page, and who may see it. Each group of pages comes as its own file when it is first needed. */
export const router = createBrowserRouter([
  {
    ErrorBoundary: ErrorPage,
    HydrateFallback: Splash,
    children: [
      { path: "/", loader: () => redirect(paths.conversations) },
      { path: "/login", loader: requireNoSession, lazy: () => import("../routes/login.tsx") },
      { path: "/auth/login", loader: requireNoSession, lazy: () => import("../routes/login.tsx") },
      { path: "/register", loader: requireNoSession, lazy: () => import("../routes/register.tsx") },
      { path: "/guest", loader: requireNoSession, lazy: () => import("../routes/guest.tsx") },
      { path: "/setup", loader: requireNoSession, lazy: () => import("../routes/setup.tsx") },
      { path: "/join", loader: askWhoCame, lazy: () => import("../routes/join.tsx") },
      { path: "/reset-password", lazy: () => import("../routes/reset-password.tsx") },
      {
        loader: requireSession,
        lazy: () => import("../routes/workspace.tsx"),
        children: [
          { path: "/conversations", lazy: () => import("../routes/conversations.tsx") },
          { path: "/conversations/:id", lazy: () => import("../routes/conversation.tsx") },
          { path: "/chat", lazy: () => import("../routes/newest-chat.tsx") },
          { path: "/chat/:id", lazy: () => import("../routes/chat.tsx") },
          { path: "/account", lazy: () => import("../routes/account.tsx") },
          { path: "/groups/create", lazy: () => import("../routes/create-group.tsx") },
          {
            lazy: () => import("../routes/admin-only.tsx"),
            children: [
              { path: "/groups", lazy: () => import("../routes/groups.tsx") },
              { path: "/users", lazy: () => import("../routes/users.tsx") },
              { path: "/settings", lazy: () => import("../routes/settings.tsx") },
              { path: "/audit", lazy: () => import("../routes/audit.tsx") },
            ],
          },
        ],
      },
      { path: "*", lazy: () => import("../routes/not-found.tsx") },
    ],
  },
]);
