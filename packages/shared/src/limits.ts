/** Lengths are in code points unless the name says bytes; both sides enforce them. */
export const USERNAME_MAX = 40;
export const EMAIL_MAX = 254;
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;
export const CONVERSATION_NAME_MAX = 80;
export const CONVERSATION_DESCRIPTION_MAX = 500;
export const MESSAGE_MAX = 16_000;
/** As many as fit into one request body. */
export const GROUP_MEMBERS_MAX = 2_000;

export const MESSAGES_PAGE = 50;
export const MESSAGES_PAGE_MAX = 200;
export const CHANGES_PAGE_MAX = 500;
/** Further behind than this, the newest page is less to fetch than all the changes. */
export const CHANGES_BEHIND_MAX = 1_000;
export const MEMBERS_PAGE_MAX = 200;
export const USERS_PAGE_MAX = 50;
export const GROUPS_PAGE_MAX = 50;
export const AUDIT_PAGE_MAX = 100;
export const INVITES_PAGE_MAX = 50;
export const INVITE_USES_PAGE_MAX = 50;
export const SESSIONS_PAGE_MAX = 50;

export const INVITE_LABEL_MAX = 80;
/** A link that is valid for longer than a year has been forgotten. */
export const INVITE_HOURS_MAX = 24 * 365;
export const INVITE_USES_MAX = 10_000;
export const GUEST_TTL_HOURS_MAX = 24 * 365;
/** How long the link works by which somebody sets a new password. */
export const PASSWORD_RESET_HOURS = 72;

/** One frame or request body: room for MESSAGE_MAX four-byte characters and its envelope. */
export const BODY_BYTES_MAX = 96 * 1024;

export const HEARTBEAT_MS = 25_000;
/** A typing person says so this often while typing goes on … */
export const TYPING_REPEAT_MS = 3_000;
/** … and is believed to have stopped after this long without a word. */
export const TYPING_EXPIRES_MS = 6_000;
