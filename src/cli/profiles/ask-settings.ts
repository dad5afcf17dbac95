/** Asks a person for the settings of a deployment: a few questions, each answer checked as the setting is. */
import { z } from 'zod';
import { SETTINGS } from '../../platform/config/product-settings.ts';
import { askLine } from '../frame/ask.ts';
import type { CliContext } from '../frame/context.ts';
import { UsageError } from '../frame/failures.ts';

/** What is asked for; what may be left out is asked for with an empty answer in mind. */
const QUESTIONS = [
  ['WARDEN_HSMS', 'The Managed HSMs, by name or NAME=URL, separated by commas', true],
  ['WARDEN_BACKUP_URL', 'Blob endpoint of the backups, like https://ACCOUNT.blob.core.windows.net', true],
  ['WARDEN_STATE_URL', 'Blob endpoint of the state (empty: that of the backups)', false],
  ['WARDEN_QUEUE_URL', 'Queue endpoint (empty: none, and the queue commands do not work)', false],
  ['WARDEN_ORIGIN', 'Address of the recovery app, like https://APP.azurewebsites.net (empty: none)', false],
  ['WARDEN_AUTH_TENANT', 'Entra tenant of the recovery app, a GUID (empty: no recovery app)', false],
  ['WARDEN_AUTH_AUDIENCE', 'Client id of its app registration (empty: no recovery app)', false],
] as const;

/** The answers by the name of the setting. Fails with UsageError when one that is needed is not given. */
export async function askSettings(context: CliContext): Promise<Record<string, string>> {
  const given: Record<string, string> = {};
  for (const [name, question, isNeeded] of QUESTIONS) {
    const answer = await askOne(context, name, question, isNeeded);
    if (answer !== '') given[name] = answer;
  }
  return given;
}

async function askOne(
  context: CliContext,
  name: (typeof QUESTIONS)[number][0],
  question: string,
  isNeeded: boolean,
): Promise<string> {
  for (;;) {
    const answer = (await askLine(context, `${question}: `))?.trim();
    if (answer === undefined) {
      if (!isNeeded) return '';
      throw new UsageError(`${name} was not given.`, 'Answer the questions on a terminal, or a line each.');
    }
    if (answer === '' && !isNeeded) return '';
    const parsed = z.string().min(1, 'expected an answer').pipe(SETTINGS[name].schema).safeParse(answer);
    if (parsed.success) return answer;
    context.stderr.write(`  ${parsed.error.issues.map(({ message }) => message).join('; ')}\n`);
  }
}
