/** What a workflow of GitHub must be to be trusted with a release: every action pinned by commit, rights named, an end in sight. */
import { parse } from 'yaml';
import { z } from 'zod';

const Step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const Job = z.looseObject({
  'runs-on': z.string().optional(),
  'timeout-minutes': z.int().optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write', 'none'])).optional(),
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  environment: z.union([z.string(), z.looseObject({ name: z.string() })]).optional(),
  steps: z.array(Step).optional(),
});
const Workflow = z.looseObject({
  name: z.string(),
  on: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]),
  permissions: z.union([z.literal('{}'), z.record(z.string(), z.enum(['read', 'write', 'none']))]).optional(),
  jobs: z.record(z.string(), Job),
});

const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
/** An expression that a person outside may write into: it must never become part of a script. */
const FOREIGN = /\$\{\{\s*github\.(event\.(issue|pull_request|comment|review|head_commit|commits)|head_ref)/;

/** What makes something public that cannot be taken back. */
const PUBLISHES =
  /\bnpm publish\b|\bdocker\b[^\n]*\bpush\b|\s--push\b|\bgh release edit\b[^\n]*--draft=false/;

/** What is wrong with the workflow in `text`; empty when nothing. */
export function workflowProblems(text: string): readonly string[] {
  const parsed = Workflow.safeParse(parse(text));
  if (!parsed.success) return [`it is no workflow: ${z.prettifyError(parsed.error)}`];
  const { jobs, permissions } = parsed.data;
  const named = Object.keys(jobs);
  return [
    ...(permissions === undefined ? ['it names no permissions of its own'] : []),
    ...tagsMissing(text),
    ...Object.entries(jobs).flatMap(([name, job]) =>
      [...jobProblems(job, named), ...approvalMissing(job, jobs)].map((problem) => `job ${name}: ${problem}`),
    ),
  ];
}

/** Beside a commit stands the tag it is of, or nobody can read it. */
function tagsMissing(text: string): readonly string[] {
  return [...text.matchAll(/uses:\s*(\S+@[0-9a-f]{40})(.*)$/gm)]
    .filter(([, , rest = '']) => !/#\s*v\d/.test(rest))
    .map(([, action = '']) => `${action} does not say which version it is`);
}

/** What is published waits for people: for the reviewers of the job's environment, or of one that it needs. */
function approvalMissing(
  job: z.infer<typeof Job>,
  jobs: Readonly<Record<string, z.infer<typeof Job>>>,
): readonly string[] {
  const publishes =
    job.permissions?.packages === 'write' ||
    (job.steps ?? []).some(({ run }) => run !== undefined && PUBLISHES.test(run.replaceAll('\\\n', ' ')));
  return !publishes || isApproved(job, jobs, new Set()) ? [] : ['it publishes, and nobody approves it'];
}

function isApproved(
  job: z.infer<typeof Job>,
  jobs: Readonly<Record<string, z.infer<typeof Job>>>,
  seen: Set<z.infer<typeof Job>>,
): boolean {
  if (job.environment !== undefined) return true;
  if (seen.has(job)) return false;
  seen.add(job);
  return [job.needs ?? []].flat().some((need) => {
    const needed = jobs[need];
    return needed !== undefined && isApproved(needed, jobs, seen);
  });
}

function jobProblems(job: z.infer<typeof Job>, named: readonly string[]): readonly string[] {
  const needs = [job.needs ?? []].flat();
  const steps = job.steps ?? [];
  return [
    ...(job['runs-on'] === undefined ? ['it says not where it runs'] : []),
    ...(job['timeout-minutes'] === undefined ? ['it has no limit of time'] : []),
    ...(steps.length === 0 ? ['it has no steps'] : []),
    ...needs.filter((need) => !named.includes(need)).map((need) => `it needs ${need}, which there is not`),
    ...steps.flatMap(({ uses, run }) => [
      ...(uses === undefined && run === undefined ? ['a step does nothing'] : []),
      ...(uses !== undefined && run !== undefined ? ['a step both uses and runs'] : []),
      ...(uses !== undefined && !PINNED.test(uses) ? [`${uses} is not pinned by commit`] : []),
      ...(run !== undefined && FOREIGN.test(run) ? ['a script holds what a person outside may write'] : []),
    ]),
  ];
}
