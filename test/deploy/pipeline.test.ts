import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ENVIRONMENT } from './support/azure-answers.ts';
import { HookWorld } from './support/hook-world.ts';

const Step = z.looseObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const Job = z.looseObject({
  if: z.string(),
  'timeout-minutes': z.number(),
  permissions: z.record(z.string(), z.string()),
  environment: z.string().optional(),
  concurrency: z.looseObject({ group: z.string(), 'cancel-in-progress': z.boolean() }).optional(),
  steps: z.array(Step),
});
const TEXT = readFileSync('.github/workflows/deploy.yml', 'utf8');
const workflow = z
  .looseObject({
    on: z.looseObject({ push: z.looseObject({ branches: z.array(z.string()) }) }),
    permissions: z.record(z.string(), z.string()),
    env: z.record(z.string(), z.string()),
    jobs: z.strictObject({ 'what-if': Job, deploy: Job }),
  })
  .parse(parse(TEXT));
const { 'what-if': plan, deploy } = workflow.jobs;

function runs(job: z.output<typeof Job>): string {
  return job.steps.map(({ run }) => run ?? '').join('\n');
}

describe('the workflow that deploys', () => {
  it('keeps no secret: it signs in by OpenID Connect', () => {
    expect(TEXT).not.toContain('secrets.');
    for (const job of [plan, deploy])
      expect(job.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it('does nothing in a copy where nobody set it up', () => {
    expect(plan.if).toContain("vars.AZURE_PLAN_CLIENT_ID != ''");
    expect(deploy.if).toContain("vars.AZURE_CLIENT_ID != ''");
  });

  it('gives the code of a pull request an identity that may only read, and none to a fork', () => {
    expect(plan.if).toContain('github.event.pull_request.head.repo.full_name == github.repository');
    expect(JSON.stringify(plan)).not.toContain('vars.AZURE_CLIENT_ID');
    expect(plan.environment).toBeUndefined();
    expect(deploy.if).toContain("github.event_name != 'pull_request'");
  });

  it('only predicts on a pull request', () => {
    expect(runs(plan)).toContain('az deployment group what-if');
    expect(runs(plan)).not.toMatch(/azd (up|provision|deploy)|deployment group create/);
  });

  it('deploys main, or what somebody chose to go back to, after the review of an environment', () => {
    expect(workflow.on.push.branches).toEqual(['main']);
    expect(deploy.environment).toBe('production');
    expect(deploy.steps[0]?.with?.ref).toBe('${' + '{ inputs.ref || github.sha }}');
  });

  it('never runs two deployments at the same time, and stops none', () => {
    expect(deploy.concurrency).toEqual({ group: 'deploy', 'cancel-in-progress': false });
    expect(deploy['timeout-minutes']).toBeGreaterThan(60);
  });

  it('asks nobody, and signs in again before the roles on the HSMs', () => {
    expect(workflow.env.HSM_WARDEN_UNATTENDED).toBe('true');
    const [up, roles] = ['azd up --no-prompt', 'azd hooks run postdeploy --no-prompt'].map((command) =>
      deploy.steps.findIndex(({ run }) => run === command),
    );
    const logins = deploy.steps.flatMap(({ uses }, index) =>
      uses?.startsWith('azure/login@') ? [index] : [],
    );
    expect(logins).toHaveLength(2);
    expect(logins[0]).toBeLessThan(up ?? -1);
    expect(logins[1]).toBeGreaterThan(up ?? -1);
    expect(logins[1]).toBeLessThan(roles ?? -1);
    expect(deploy.steps[up ?? -1]?.env?.HSM_WARDEN_APPLY_ROLES).toBe('later');
  });

  it('leaves no token of the repository behind', () => {
    const checkouts = [...plan.steps, ...deploy.steps].filter(({ uses }) =>
      uses?.startsWith('actions/checkout@'),
    );
    expect(checkouts).toHaveLength(2);
    for (const step of checkouts) expect(step.with?.['persist-credentials']).toBe(false);
  });

  it('takes nothing of a request into a script', () => {
    for (const { run } of [...plan.steps, ...deploy.steps]) expect(run ?? '').not.toContain('${' + '{');
  });

  it('has each of its variables explained', () => {
    const page = readFileSync('docs/deploy-github.md', 'utf8');
    const names = new Set([...TEXT.matchAll(/vars\.(\w+)/g)].map(([, name = '']) => name));
    expect(names.size).toBeGreaterThan(8);
    expect([...names].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('pipeline-env.sh', () => {
  const environment = { ...ENVIRONMENT, HSM_WARDEN_ENTRA_CLIENT_ID: '22222222-2222-4222-8222-222222222222' };
  let world: HookWorld;
  beforeEach(() => {
    world = new HookWorld([
      { call: '^azd env select warden$', when: 'made' },
      { call: '^azd env select warden$', code: 1, stderr: 'no such environment\n' },
      { call: '^azd env new warden ', sets: 'made' },
      { call: '^azd env set ' },
      { call: '^azd env refresh', code: 1 },
    ]);
  });
  afterEach(() => world.close());

  it('makes the environment once, and sets what the pipeline knows each time', async () => {
    const first = await world.run('pipeline-env.sh', environment);
    const second = await world.run('pipeline-env.sh', environment);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.calls.filter((call) => call.startsWith('azd env new'))).toEqual([
      `azd env new warden --subscription ${environment.AZURE_SUBSCRIPTION_ID} --location westeurope --no-prompt`,
    ]);
    expect(second.calls.filter((call) => call.startsWith('azd env new'))).toEqual([]);
    expect(second.calls).toContain('azd env set HSM_WARDEN_HSM_NAMES contoso');
  });

  it('overwrites nothing with nothing', async () => {
    const { code, calls } = await world.run('pipeline-env.sh', { ...environment, HSM_WARDEN_HSM_NAMES: '' });
    expect(code).toBe(0);
    expect(calls.filter((call) => call.includes('HSM_WARDEN_HSM_NAMES'))).toEqual([]);
  });

  it.each(['AZURE_ENV_NAME', 'AZURE_SUBSCRIPTION_ID', 'AZURE_RESOURCE_GROUP', 'HSM_WARDEN_ENTRA_CLIENT_ID'])(
    'stops without %s',
    async (name) => {
      expect(await world.run('pipeline-env.sh', { ...environment, [name]: '' })).toMatchObject({
        code: 1,
        calls: [],
      });
    },
  );

  it('stops when azd cannot keep a value', async () => {
    world.rules = [{ call: '^azd env set HSM_WARDEN_HSM_NAMES', code: 1 }, ...world.rules];
    expect((await world.run('pipeline-env.sh', environment)).code).not.toBe(0);
  });
});
