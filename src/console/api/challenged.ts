/** Goes to the sign-in that a refusal asks for. */
import type { Session } from '../session/entrance.ts';
import { ApiProblem } from './problem.ts';

/**
 * Leaves the page where `problem` asks for a stronger or fresher sign-in, and does not come back then. Answers the problem to
 * show: `problem` itself where a sign-in would not help, or why the sign-in could not begin.
 */
export async function challenged(session: Pick<Session, 'stepUp'>, problem: ApiProblem): Promise<ApiProblem> {
  if (problem.challenge === undefined) return problem;
  try {
    return await session.stepUp(problem.challenge);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new ApiProblem({
      status: problem.status,
      code: 'sign-in-failed',
      message: `${problem.message} The sign-in could not begin: ${why}`,
      advice: 'Nothing was changed, and what you typed is kept. Try it again, or load the page again.',
    });
  }
}
