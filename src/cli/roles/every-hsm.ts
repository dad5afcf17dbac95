/** The role commands over every HSM: one that fails stops no other, and is named. */
import { mapConcurrently } from '../../core/concurrency.ts';
import { applySteps, observeRoles, planRoles, type RoleStep } from '../../features/roles/plan.ts';
import type { Answer, Table } from '../frame/command.ts';
import type { CliContext } from '../frame/context.ts';
import { explain } from '../frame/failures.ts';
import type { RoleWork } from './role-options.ts';
import { stepData, stepTable } from './show-steps.ts';

/** HSMs asked at one moment. */
const AT_ONCE = 8;

/** What is to change on one HSM, or why that is not known or not done. */
export interface HsmSteps {
  readonly hsm: string;
  readonly work?: RoleWork;
  readonly steps: readonly RoleStep[];
  /** A sentence, with what to do. */
  readonly failed?: string;
}

/** Plans each. An existing role that lacks something is a failure of its HSM: nothing is changed there. */
export async function planEach(
  hsms: readonly (readonly [hsm: string, open: () => RoleWork])[],
  { signal }: Pick<CliContext, 'signal'>,
): Promise<readonly HsmSteps[]> {
  return mapConcurrently(hsms, AT_ONCE, async ([hsm, open]) =>
    guarded({ hsm, steps: [] }, signal, async () => {
      const work = open();
      const steps = planRoles(await observeRoles(work.roles, signal), work.principals, work.wanted);
      const blocked = steps.filter(({ kind }) => kind === 'blocked').map(({ role }) => role.roleName);
      if (blocked.length === 0) return { hsm, work, steps };
      const failed = `A role lacks data actions, and an existing role is never widened: ${blocked.join(', ')}. Delete it (az keyvault role definition delete), then apply again.`;
      return { hsm, work, steps, failed };
    }),
  );
}

/** Does what was planned, where that is known and can be done. */
export async function applyEach(
  plans: readonly HsmSteps[],
  { signal }: Pick<CliContext, 'signal'>,
): Promise<readonly HsmSteps[]> {
  return mapConcurrently(plans, AT_ONCE, async (plan) => {
    const { work, steps, failed } = plan;
    if (work === undefined || failed !== undefined) return plan;
    return guarded(plan, signal, async () => {
      await applySteps(work.roles, steps, signal);
      return plan;
    });
  });
}

/** The steps of all, with the HSM of each. */
export function tableOfAll(plans: readonly HsmSteps[]): Table {
  const { columns } = stepTable([]);
  return {
    columns: ['HSM', ...columns],
    rows: plans.flatMap(({ hsm, steps }) => stepTable(steps).rows.map((row) => [hsm, ...row])),
  };
}

/**
 * The answer: each HSM with its steps, and first those that failed and what is in doubt, a sentence each. `verb`: what could not be done, as
 * `changed`.
 */
export function answerOfAll(
  plans: readonly HsmSteps[],
  doubts: readonly string[],
  verb: string,
  nothing: string,
): Answer {
  const failures = plans.filter(({ failed }) => failed !== undefined);
  const isWhole = failures.length + doubts.length === 0;
  const isNothing = isWhole && plans.every(({ steps }) => steps.length === 0);
  return {
    data: plans.map(({ hsm, steps, failed }) => ({
      hsm,
      steps: steps.map(stepData),
      ...(failed !== undefined && { failed }),
    })),
    table: tableOfAll(plans),
    doubts: [
      ...doubts,
      ...failures.map(({ hsm, failed }) => `NOT ${verb.toUpperCase()}: HSM ${hsm}: ${failed}`),
    ],
    ...(isNothing ? { page: `${nothing}\n` } : {}),
    ...(isWhole ? {} : { exit: 'failed' as const }),
  };
}

async function guarded(
  plan: HsmSteps,
  signal: AbortSignal,
  work: () => Promise<HsmSteps>,
): Promise<HsmSteps> {
  try {
    return await work();
  } catch (error) {
    // Ctrl-C ends all of them.
    if (signal.aborted) throw error;
    const { message, advice } = explain(error);
    return { ...plan, failed: advice === undefined ? message : `${message} ${advice}` };
  }
}
