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
  /** The token stands after the #, so that it reaches neither the server's log nor another site. */
  join: (token: string) => `/join#${token}`,
  resetPassword: (token: string) => `/reset-password#${token}`,
};

/** The sign-in page that leads back to where the person was. */
export function loginPathFor(location: { pathname: string; search: string }): string {
  const from = location.pathname + location.search;
  return from === "/" ? paths.login : `${paths.login}?next=${encodeURIComponent(from)}`;
}

/** `next` as it stands in the address, if it is a path of this site: anything else would be an open redirect. */
export function nextPathOf(search: string): string | null {
  const next = new URLSearchParams(search).get("next");
  if (next === null || !next.startsWith("/")) return null;
  const url = URL.parse(next, window.location.origin);
  if (url === null || url.origin !== window.location.origin) return null;
  return url.pathname + url.search + url.hash;
}
