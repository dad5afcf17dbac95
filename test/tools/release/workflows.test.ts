/** What a workflow of a release may not be. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { workflowProblems } from '../../../tools/release/workflows.ts';

const CHECKOUT = 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0';
const GOOD = `
name: good
on: push
permissions: { contents: read }
jobs:
  one:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - uses: ${CHECKOUT}
      - run: npm ci
`;

describe('a workflow', () => {
  it('is good when it is pinned, limited, and names its rights', () => {
    expect(workflowProblems(GOOD)).toEqual([]);
  });

  it.each<readonly [string, string, string]>([
    ['a tag in place of a commit', GOOD.replace(CHECKOUT, 'actions/checkout@v5'), 'is not pinned by commit'],
    ['a branch', GOOD.replace(CHECKOUT, 'actions/checkout@main'), 'is not pinned by commit'],
    ['a short commit', GOOD.replace(CHECKOUT, 'actions/checkout@08c6903'), 'is not pinned by commit'],
    ['a commit without its version', GOOD.replace(' # v5.0.0', ''), 'which version'],
    ['no limit of time', GOOD.replace('    timeout-minutes: 5\n', ''), 'no limit of time'],
    ['no permissions', GOOD.replace('permissions: { contents: read }\n', ''), 'no permissions'],
    ['a need that there is not', GOOD.replace('    steps:', '    needs: two\n    steps:'), 'needs two'],
    [
      'a script with the words of a stranger',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is an expression of a workflow
      GOOD.replace('npm ci', 'echo "${{ github.event.pull_request.title }}"'),
      'a person outside',
    ],
    ['a step that does nothing', GOOD.replace('- run: npm ci', '- name: nothing'), 'does nothing'],
    ...[
      'npm publish x.tgz',
      'docker buildx build --push .',
      'docker push x',
      'gh release edit v1 --draft=false',
    ].map(
      (script) => [`an unapproved ${script}`, GOOD.replace('npm ci', script), 'nobody approves'] as const,
    ),
    [
      'an unapproved right to publish an image',
      GOOD.replace('    steps:', '    permissions: { packages: write }\n    steps:'),
      'nobody approves',
    ],
    ['something else', 'name: nothing', 'is no workflow'],
  ])('is refused with %s', (_, text, problem) => {
    expect(workflowProblems(text).join('\n')).toContain(problem);
  });

  it('is good when people approve what it publishes, in the job or before it', () => {
    const job = GOOD.replace('npm ci', 'npm publish x.tgz');
    expect(workflowProblems(job.replace('    steps:', '    environment: npm\n    steps:'))).toEqual([]);

    const after = GOOD.slice(GOOD.indexOf('  one:'))
      .replace('one:', 'two:')
      .replace('npm ci', 'docker push x');
    const first = GOOD.replace('    steps:', '    environment: npm\n    steps:');
    expect(workflowProblems(first + after.replace('    steps:', '    needs: [one]\n    steps:'))).toEqual([]);
    expect(workflowProblems(first + after)).toEqual(['job two: it publishes, and nobody approves it']);
  });

  it.each(readdirSync('.github/workflows'))('of this project is good: %s', (file) => {
    expect(workflowProblems(readFileSync(`.github/workflows/${file}`, 'utf8'))).toEqual([]);
  });
});
