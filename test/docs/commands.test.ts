/**
 * Every command of every page. The product's are read by the product, those of the repository are there, and of the others
 * docs/index.md says why no test runs them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { complaintAbout } from '../cli/support/understood.ts';

const PAGES = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const SCRIPTS = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync('package.json', 'utf8'))).scripts;
/** Words of a shell: what follows is a value, or another command of the same line. */
const SHELL = new Set([
  'for',
  'do',
  'done',
  'export',
  'echo',
  'sleep',
  'eval',
  'cd',
  'mkdir',
  'cp',
  'cat',
  'ls',
]);

/** Programs of others that an indented block may call; a block between fences says that it is for a shell. */
const OTHERS = /^(az|azd|bash|curl|docker|func|gh|git|node|npx|npm|openssl|terraform)$/;

interface Line {
  readonly where: string;
  /** The block stands between fences that name a shell. */
  readonly isFenced: boolean;
  readonly text: string;
}

/** The lines of the blocks of `file` that are meant for a shell; a line that ends with a backslash goes on. */
function shellLines(file: string): readonly Line[] {
  const lines: Line[] = [];
  let fence: string | undefined;
  let continued = '';
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    const mark = /^\s*```(\w*)/.exec(line);
    if (mark !== null) {
      fence = fence === undefined ? (mark[1] ?? '') : undefined;
      continue;
    }
    const isFenced = fence === 'sh' || fence === 'bash';
    if (!isFenced && fence !== '' && !(fence === undefined && /^ {4,}\S/.test(line))) continue;
    continued += line.trim();
    if (continued.endsWith('\\')) continued = continued.slice(0, -1);
    else {
      lines.push({ where: `${file}:${index + 1}`, isFenced, text: continued });
      continued = '';
    }
  }
  return lines;
}

/** The single commands of a line: without comments, redirections and what only a shell needs. */
function commandsOf(line: string): readonly string[] {
  return line
    .replace(/(^|\s)#.*$/, '')
    .replaceAll(/"\$\([^)]*\)"/g, 'VALUE')
    .split(/\s*(?:&&|\|\||;|\s\|\s|\$\()\s*/)
    .map((part) =>
      part
        .replace(/\)"?$|\s[<>]+\s.*$/g, '')
        .replace(/^[A-Z_]+=("?)/, '')
        .trim(),
    )
    .filter((part) => part !== '');
}

/** Splits as a shell does, quotes of both kinds taken off. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|((?:[^\s'"]|'[^']*'|"[^"]*")+)/g)].map(
    ([, single, double, plain = '']) => single ?? double ?? plain.replaceAll(/['"]/g, ''),
  );
}

const LINES = PAGES.flatMap(shellLines);
const ALL = LINES.flatMap(({ where, text }) => commandsOf(text).map((command) => ({ where, command })));
/** The command without the way in which the product is called; undefined where another program is called. */
function ofProduct(command: string): readonly string[] | undefined {
  const called = /^(?:hsm-warden|npm run -s warden --|npx hsm-warden)(?:\s+(.*))?$/.exec(command);
  return called === null ? undefined : words(called[1] ?? '');
}

describe('a command of the product on a page', () => {
  const lines = ALL.flatMap(({ where, command }) => {
    const args = ofProduct(command);
    return args === undefined ? [] : [[where, command, args] as const];
  });

  it.each(lines)('%s is understood: %s', async (_where, _command, args) => {
    expect(await complaintAbout(args)).toBe('');
  });

  it('is found on many pages', () => {
    expect(new Set(lines.map(([where]) => where.split(':')[0])).size).toBeGreaterThan(8);
  });
});

describe('a command of the repository on a page', () => {
  it('is a script of package.json', () => {
    const missing = ALL.flatMap(({ where, command }) => {
      const name = /^npm (?:run (?:-s |--silent )?)?([a-z:]+)/.exec(command)?.[1] ?? '';
      const isScript = /^npm run /.test(command) || ['start', 'test'].includes(name);
      return isScript && !Object.hasOwn(SCRIPTS, name) ? [`${where}: ${command}`] : [];
    });
    expect(missing).toEqual([]);
  });

  it('names files that are there', () => {
    const missing = ALL.flatMap(({ where, command }) => {
      const file =
        /^(?:npx vitest run|node|bash|eval|az \S.* --template-file|\.\/)? ?((?:test|tools|bench|infra|src|\.ci)\/\S+)/.exec(
          command,
        )?.[1];
      return file === undefined || existsSync(file) ? [] : [`${where}: ${command}`];
    });
    expect(missing).toEqual([]);
  });
});

describe('a command of another program on a page', () => {
  const REASON = /^\| `([^`]+)` \| (.+) \|$/gm;
  const reasons = new Map(
    [
      ...(readFileSync('docs/index.md', 'utf8').split('## Which commands are tried')[1] ?? '').matchAll(
        REASON,
      ),
    ].map(([, program = '', reason = '']) => [program, reason]),
  );
  const functions = new Set(LINES.flatMap(({ text }) => /^([a-z]+)\(\)/.exec(text)?.[1] ?? []));
  const programs = new Map<string, string>();
  for (const { where, isFenced, text } of LINES) {
    for (const command of text.replace(/(^|\s)#.*$/, '').split(/\s*(?:&&|;)\s*/)) {
      const program = /^[a-z][a-z-]*(?=\s|$)/.exec(command)?.[0] ?? '';
      const isCalled = isFenced
        ? program !== '' && !SHELL.has(program) && !functions.has(program)
        : OTHERS.test(program);
      if (isCalled && ofProduct(command) === undefined) programs.set(program, where);
    }
  }

  it('has a reason in docs/index.md why no test runs it, or how one does', () => {
    expect([...programs].filter(([program]) => !reasons.has(program))).toEqual([]);
    expect([...reasons.keys()].filter((program) => !programs.has(program))).toEqual([]);
  });
});
