/** The program: commander's commands made from the table of definitions. */
import { Command as Commander, CommanderError } from 'commander';
import { abortReason } from '../../core/errors.ts';
import { answerText, type Given } from './answer-text.ts';
import type { Answer, Command } from './command.ts';
import type { CliContext } from './context.ts';
import { withDocsAddress } from './docs-address.ts';
import { EXIT_CODES, type ExitName } from './exit-codes.ts';
import { type Explanation, explain } from './failures.ts';
import { allOptions, commanderOption } from './options.ts';
import { namingSink, USUAL_NAME, withProgramName } from './program-name.ts';
import { type Paint, paintFor } from './style.ts';
import { showWaits } from './waits.ts';

/** What a group of commands is for, by the words that call it: `key`, `key rotation-policy`. */
export type Groups = Readonly<Record<string, string>>;

/** The program as a whole. */
export interface ProgramSpec {
  readonly version: string;
  readonly commands: readonly Command[];
  readonly groups: Groups;
}

/** Runs the command line and returns its exit code. It does not throw. */
export async function runProgram(
  spec: ProgramSpec,
  args: readonly string[],
  surroundings: CliContext,
): Promise<number> {
  let exit: ExitName = 'done';
  const words = new Set(spec.commands.map(({ path }) => path.split(' ')[0] ?? ''));
  const { program: name = USUAL_NAME, docs, stderr } = surroundings;
  const called = (text: string) => withDocsAddress(withProgramName(text, name, words), docs);
  const context = { ...surroundings, stderr: namingSink(stderr, called) };
  const program = buildProgram(spec, context, called, async (command, given) => {
    exit = await runCommand(command, given, context, called);
  });
  try {
    await program.parseAsync(helpOfCommand(args, spec.commands), { from: 'user' });
    return EXIT_CODES[exit].code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are answers; anything else is a command line that cannot be followed.
    return error.exitCode === 0 ? EXIT_CODES.done.code : EXIT_CODES.unknown.code;
  }
}

/** `help key list` is `key list --help`, and `help key` is `key --help`. */
function helpOfCommand(args: readonly string[], commands: readonly Command[]): string[] {
  const [first, ...words] = args;
  const path = words.join(' ');
  const isKnown = commands.some((command) => command.path === path || command.path.startsWith(`${path} `));
  return first === 'help' && path !== '' && isKnown ? [...words, '--help'] : [...args];
}

async function runCommand(
  command: Command,
  given: Given,
  context: CliContext,
  called: (text: string) => string,
): Promise<ExitName> {
  const quiet = given.quiet === true || given.onlyShowErrors === true;
  const { clock, stderr, stop } = showWaits(context, quiet);
  const { stdout, signal } = context;
  let words = () => command.interrupted;
  const onInterrupt = (next: () => string) => {
    words = next;
  };
  try {
    // What is wrong with how the answer is to be shown is known before anything is done.
    const show = await answerText(command, given, context);
    const running = command.run({ ...context, clock, stderr, quiet, onInterrupt }, given);
    const answer: Answer = await endingWith(running, signal);
    stop();
    const doubts = (answer.doubts ?? []).map((doubt) => `${doubt}\n`).join('');
    const { text, isForPeople } = show(answer, clock.now());
    // Programs read standard output: for them it holds what is known, and nothing else.
    if (isForPeople) stdout.write(called(`${doubts}${text}`));
    else {
      stderr.write(doubts);
      stdout.write(text);
    }
    return answer.exit ?? (doubts === '' ? 'done' : 'unknown');
  } catch (error) {
    stop();
    const failure = explain(error);
    context.stderr.write(failureText(failure, words(), paintFor(context, context.stderr)));
    return command.isAz && /\bshow$/.test(command.path) && failure.code.endsWith('-not-found')
      ? 'missing'
      : failure.exit;
  }
}

function failureText(
  { exit, code, message, advice }: Explanation,
  interrupted: string,
  paint: Paint,
): string {
  // One line that needs no more words.
  if (exit === 'signed-out') return `${message}\n`;
  if (exit === 'interrupted') return `Interrupted: ${interrupted}\n`;
  return `${paint('red', 'error')} (${code}): ${message}\n${advice === undefined ? '' : `${advice}\n`}`;
}

type Act = (command: Command, given: Given) => Promise<void>;

function buildProgram(
  { version, commands, groups }: ProgramSpec,
  context: CliContext,
  called: (text: string) => string,
  act: Act,
): Commander {
  const program = new Commander('hsm-warden')
    .description('Keeps every key of your Azure Managed HSMs recoverable.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand(false)
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for how to call it)')
    .addHelpText('after', '\nExample:\n  hsm-warden status\n\nExit codes and every command: docs/cli.md');
  configure(program, context, called);
  const parents = new Map<string, Commander>();
  for (const command of commands) {
    const words = command.path.split(' ');
    const parent = words.slice(0, -1).reduce<Commander>((above, word, index) => {
      const path = words.slice(0, index + 1).join(' ');
      const found = parents.get(path);
      if (found !== undefined) return found;
      const group = above
        .command(word)
        .description(groups[path] ?? '')
        .helpCommand(false);
      configure(group, context, called);
      parents.set(path, group);
      return group;
    }, program);
    const target = parent.command(words.at(-1) ?? '');
    configure(target, context, called);
    addCommand(target, command, act);
  }
  return program;
}

function addCommand(target: Commander, command: Command, act: Act): void {
  target.description([command.summary, ...command.details].join('\n\n')).summary(command.summary);
  for (const argument of command.arguments) target.argument(argument.name, argument.description);
  for (const option of allOptions(command)) {
    target.addOption(commanderOption(option));
  }
  target.addHelpText('after', `\nExamples:\n${command.examples.map((example) => `  ${example}\n`).join('')}`);
  target.action(async () => {
    const values = target.processedArgs;
    const named = target.registeredArguments.map((argument, index) => [argument.name(), values[index]]);
    await act(command, { ...target.opts(), ...Object.fromEntries(named) });
  });
}

/** Commander throws instead of ending the process, and writes where it is set to. */
function configure(
  command: Commander,
  { stdout, stderr }: CliContext,
  called: (text: string) => string,
): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(called(text)),
    writeErr: (text) => stderr.write(text),
    getOutHelpWidth: () => stdout.columns ?? 100,
    getErrHelpWidth: () => stderr.columns ?? 100,
  });
}

/** What a command gets to save what it did, and to end on its own: a person waits no longer than a second. */
const GRACE_MS = 700;

/** What `running` comes to; once `signal` has fired it has {@link GRACE_MS} left, then this fails with the signal's reason. */
async function endingWith<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => reject(abortReason(signal, 'Interrupted.')), GRACE_MS);
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  try {
    return await Promise.race([running, over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', begin);
  }
}
