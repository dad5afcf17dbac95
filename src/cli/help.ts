/** `hsm-warden help`: what is true of every command, by topic. */
import { z } from 'zod';
import { defineCommand } from './frame/define.ts';
import { EXIT_CODES } from './frame/exit-codes.ts';

/** Each topic: what it is about, and its text. */
const TOPICS: Readonly<Record<string, readonly [about: string, text: string]>> = {
  start: [
    'how to begin',
    `1. az login                             sign in as yourself
2. hsm-warden init --resource-group RG  write a profile from the two apps in that group
3. hsm-warden doctor                    settings, rights, network, clock: what is wrong, and how to put it right
4. hsm-warden status                    is every key safe?

Without Azure: hsm-warden emulator runs a Managed HSM on this machine. docs/deploy.md deploys the apps.`,
  ],
  'exit-codes': [
    'what the exit codes mean',
    Object.values(EXIT_CODES)
      .map(({ code, meaning }) => `${String(code).padStart(3)}  ${meaning}`)
      .join('\n'),
  ],
  output: [
    'formats, --query, times, colours',
    `-o json | table | tsv   how the answer is shown; programs read json, which stays as it is between versions
--query EXPRESSION      a part of the answer, by JMESPath, as with az (commands that az has, too: key, role)
--utc                   exact moments in place of "in 3 days"
-q                      nothing of progress and waits
NO_COLOR=1              no colours

The answer goes to standard output, everything else to standard error. What could not be read is never left out:
CANNOT TELL stands in its place, and the exit code is 2.`,
  ],
  'sign-in': [
    'whose rights the commands use',
    `The commands act as you, with your rights and no others: az login, or what hsm-warden login explains.
Commands about recoveries ask the recovery app, which proves who calls.
hsm-warden whoami says which sign-in and which profile are in use.`,
  ],
  'worst-day': [
    'a key is gone, or the app is',
    `A key was deleted, and the app is there:   hsm-warden recovery request --help
A key was deleted, and no app is there:    hsm-warden key recover --help
A key was purged:                          hsm-warden recovery request --help, with --action restore
Everything is gone but the backups:        docs/break-glass.md, hsm-warden backup restore-all --help
What is lost, and what may be lost soon:   hsm-warden status, hsm-warden watch`,
  ],
};

const NAMES = Object.keys(TOPICS);

/** The command. `hsm-warden help key list` shows the help of that command: the program sees to it. */
export const HELP = defineCommand({
  path: 'help',
  summary: 'Explain what is true of every command',
  format: 'table',
  arguments: [{ name: '[topic]', description: `the topic: ${NAMES.join(', ')}; or a command` }],
  options: [],
  examples: [
    'hsm-warden help',
    'hsm-warden help start',
    'hsm-warden help exit-codes',
    'hsm-warden help key list',
  ],
  schema: z.object({
    topic: z.enum(NAMES, `expected one of ${NAMES.join(', ')}, or a command`).optional(),
  }),
  run: async (_context, { topic }) => ({
    page: topic === undefined ? overview() : `${TOPICS[topic]?.[1] ?? ''}\n`,
  }),
});

function overview(): string {
  const width = Math.max(...NAMES.map((name) => name.length));
  const lines = Object.entries(TOPICS).map(([name, [about]]) => `  ${name.padEnd(width)}  ${about}`);
  return ['Topics:', ...lines, '', 'hsm-warden help TOPIC, or hsm-warden --help for the commands.', ''].join(
    '\n',
  );
}
