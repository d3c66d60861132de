/** Every address of the app, so that none is spelled twice. */
export const paths = {
  login: "/login",
  register: "/register",
  guest: "/guest",
  conversations: "/conversations",
  /** On a narrow window /conversations is the list of one's own; this is the page of all of them. */
  allConversations: "/conversations?list=all",
  conversation: (id: string) => `/conversations/${id}`,
  chat: (id: string) => `/chat/${id}`,
  newestChat: "/chat",
  groups: "/groups",
  createGroup: "/groups/create",
  users: "/users",
  settings: "/settings",
  audit: "/audit",
  account: "/account",
  /** Where a guest makes the visit last. */
  keepAccount: "/account#keep",
  /** The token stands after the #, so that it reaches neither the server's log nor another site. */
  join: (token: string) => `/join#${token}`,
  /** The same page with another of its forms. */
  joinAs: (as: "guest" | "account", token: string) => `/join?as=${as}#${token}`,
  resetPassword: (token: string) => `/reset-password#${token}`,
};

/**
 * A page before sign-in that leads back to where the person was. What stood after the # there stands after the # here as
 * well: it may be the secret of an invite, and only what stands before the # reaches a server.
 */
export function loginPathFor(location: { pathname: string; search: string; hash: string }): string {
  const from = location.pathname + location.search;
  return from === "/" ? paths.login : `${paths.login}?next=${encodeURIComponent(from)}${location.hash}`;
}

/** `next` as it stands in the address, if it is a path of this site: anything else would be an open redirect. */
export function nextPathOf({ search, hash }: { search: string; hash: string }): string | null {
  const next = new URLSearchParams(search).get("next");
  if (next === null || !next.startsWith("/")) return null;
  const url = URL.parse(next, window.location.origin);
  if (url === null || url.origin !== window.location.origin) return null;
  return url.pathname + url.search + (url.hash || hash);
}
