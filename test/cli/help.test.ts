/** `help`: topics, the help of commands, and where pages are for whoever has only the program. */
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { docsAddress, withDocsAddress } from '../../src/cli/frame/docs-address.ts';
import { EXIT_CODES } from '../../src/cli/frame/exit-codes.ts';
import { run } from './support/cli.ts';

const TOPICS = ['start', 'exit-codes', 'output', 'sign-in', 'worst-day'];

describe('help', () => {
  it('lists its topics', async () => {
    const { stdout, code } = await run(['help']);
    for (const topic of TOPICS) expect(stdout).toContain(`  ${topic} `);
    expect(code).toBe(0);
  });

  it.each(TOPICS)('%s proposes only commands that there are, with flags that they have', async (topic) => {
    const { stdout, code } = await run(['help', topic]);
    const proposed = [...stdout.matchAll(/hsm-warden ([a-z][a-z -]*[a-z])/g)].map(([, words = '']) => words);
    const unknown = proposed.filter(
      (words) => !COMMANDS.some(({ path }) => `${words} `.startsWith(`${path} `) || path === words),
    );
    expect(unknown).toEqual([]);
    expect(code).toBe(0);
  });

  it('exit-codes has every code there is', async () => {
    const { stdout } = await run(['help', 'exit-codes']);
    for (const { code } of Object.values(EXIT_CODES)) expect(stdout).toMatch(new RegExp(`^ *${code}  `, 'm'));
  });

  it.each([[['key', 'list']], [['key']], [['status']]])('shows the help of a command: %s', async (words) => {
    const asked = await run(['help', ...words]);
    expect(asked.stdout).toBe((await run([...words, '--help'])).stdout);
    expect(asked.code).toBe(0);
  });

  it('refuses a topic that there is not', async () => {
    expect(await run(['help', 'nonsense'])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('a page of the documentation in a text', () => {
  const DOCS = 'https://github.com/a/b/blob/v0.2.0';

  it.each([
    ['docs/cli.md', `${DOCS}/docs/cli.md`],
    ['see docs/deploy.md#permissions.', `see ${DOCS}/docs/deploy.md#permissions.`],
    ['(docs/cli.md, docs/api.md)', `(${DOCS}/docs/cli.md, ${DOCS}/docs/api.md)`],
    ['docs/ and x/docs.md', 'docs/ and x/docs.md'],
    // What somebody else calls docs is theirs.
    ...[
      '/home/ada/docs/deploy.md',
      './docs/deploy.md',
      '../docs/deploy.md',
      'my-docs/deploy.md',
      'C:\\docs\\deploy.md and D:docs/deploy.md',
      'C:\\work\\docs/deploy.md',
      'https://contoso.com/docs/deploy.md',
      'file:docs/deploy.md',
      'docs/deploy.md.bak',
      'docs/deploy.mdx',
    ].map((text) => [text, text]),
  ])('is an address for an installed program: %s', (text, expected) => {
    expect(withDocsAddress(text, DOCS)).toBe(expected);
    expect(withDocsAddress(text, undefined)).toBe(text);
  });

  it.each([
    ['/lib/main.js', 'https://github.com/a/b', DOCS],
    ['/lib/main.js', '', undefined],
    ['/src/cli/main.ts', 'https://github.com/a/b', undefined],
  ])('of %s in "%s" is below %s', (entry, repository, expected) => {
    expect(docsAddress(entry, repository, '0.2.0')).toBe(expected);
  });
});
