/** What is wrong with the settings, for people. */
import { WardenError } from '../../core/errors.ts';
import type { SettingProblem } from '../../core/settings/setting.ts';

/** One problem for people. */
export function problemLine({ setting, found, expected }: SettingProblem): string {
  return `${setting}: found ${found}; expected ${expected}`;
}

/** The failure that lists everything that keeps an app from starting. */
export function refuse(problems: readonly SettingProblem[]): WardenError {
  const lines = problems.map((problem) => `  ${problemLine(problem)}`);
  return new WardenError('settings-invalid', {
    message: `${problems.length} problem${problems.length === 1 ? '' : 's'} with the settings:\n${lines.join('\n')}`,
    advice: 'Correct the settings and start again; docs/configuration.md describes each.',
  });
}
