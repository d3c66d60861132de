import { type JobName, type JobOptions, type JobResult, jobs } from "./jobs.ts";

type Job<Name extends JobName> = (options: JobOptions<Name>) => Promise<JobResult<Name>>;

/** The clients, as a process of their own: gets one job from its parent, answers with what it measured, and ends. */
process.once("message", ({ name, options }: { name: JobName; options: JobOptions<JobName> }) => {
  // Name and options come from runJob, whose types hold them together; the channel between the processes cannot.
  const job = jobs[name] as Job<JobName>;
  job(options).then(
    (result) => process.send?.({ result }, () => process.exit()),
    (error: unknown) => process.send?.({ failure: String(error) }, () => process.exit()),
  );
});
