/** `hsm-warden completion`: shell completion, made from the definitions of the commands. */
import { z } from 'zod';
import type { Command } from '../frame/command.ts';
import { defineCommand } from '../frame/define.ts';
import { bash, zsh } from './bash.ts';
import { fish } from './fish.ts';
import { powershell } from './powershell.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
const MAKERS = { bash, zsh, fish, powershell };

/** The command; `commands` gives the table that it completes, itself included. */
export function completionOf(commands: () => readonly Command[]): Command {
  return defineCommand({
    path: 'completion',
    summary: 'Print the completion of commands, options and values for a shell',
    format: 'table',
    arguments: [{ name: '<shell>', description: `the shell: ${SHELLS.join(', ')}` }],
    options: [],
    examples: SHELLS.map((shell) => `hsm-warden completion ${shell}`),
    schema: z.object({ shell: z.enum(SHELLS, `expected one of ${SHELLS.join(', ')}`) }),
    run: async (_context, { shell }) => ({ page: MAKERS[shell](commands()) }),
  });
}
