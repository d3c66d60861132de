import { chatLoad } from "./chat-load.ts";
import { costLoad } from "./cost-load.ts";
import { httpLoad } from "./http-load.ts";
import { idleLoad } from "./idle-load.ts";
import { openLoad } from "./open-load.ts";

/** What the driver can be asked to do; each takes one plain object and gives one back. */
export const jobs = { chatLoad, costLoad, httpLoad, idleLoad, openLoad };
export type JobName = keyof typeof jobs;
export type JobOptions<Name extends JobName> = Parameters<(typeof jobs)[Name]>[0];
export type JobResult<Name extends JobName> = Awaited<ReturnType<(typeof jobs)[Name]>>;
