import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROLES } from '../../src/features/recovery/access/caller.ts';
import type { DirectoryObject } from './support/fake-graph.ts';
import type { Rule } from './support/fake-tool.ts';
import { HookWorld } from './support/hook-world.ts';

const ROLE_VALUES = Object.values(ROLES);
const NAME = 'HSM Warden (prod)';
const RULES: readonly Rule[] = [
  { call: '^az cloud show', stdout: 'https://graph.microsoft.com/\n' },
  { call: '^az account show', stdout: 'tenant-1\n' },
];

let world: HookWorld;
beforeEach(() => {
  world = new HookWorld(RULES);
});
afterEach(() => world.close());

function entraApp(...args: readonly string[]) {
  return world.run('entra-app.sh', {}, { args: [NAME, ...args] });
}

/** The calls that change something. */
function changes(calls: readonly string[]): readonly string[] {
  return calls.filter((call) => /--method (POST|PATCH|PUT|DELETE)/.test(call));
}

function only(objects: readonly DirectoryObject[]): DirectoryObject {
  const [first, ...others] = objects;
  if (first === undefined || others.length > 0) throw new Error(`expected one, found ${objects.length}`);
  return first;
}

function stranger(displayName: string): DirectoryObject {
  return { id: `object of ${displayName}`, appId: '11111111-1111-4111-8111-111111111111', displayName };
}

describe('entra-app.sh', () => {
  it('makes the application with every role that the API demands, and prints its client id alone', async () => {
    const { code, stdout } = await entraApp();

    const application = only(world.directory.applications);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${application.appId}\n` });
    expect(application.appRoles?.map(({ value }) => value).sort()).toEqual([...ROLE_VALUES].sort());
    expect(new Set(application.appRoles?.map(({ id }) => id)).size).toBe(ROLE_VALUES.length);
    expect(application.identifierUris).toEqual([`api://${application.appId}`]);
    expect(application.api?.requestedAccessTokenVersion).toBe(2);
    // An approval needs a token that says when the person signed in.
    expect(application.optionalClaims?.accessToken?.map(({ name }) => name)).toEqual(['auth_time', 'acrs']);
    const scope = only(
      [...(application.api?.oauth2PermissionScopes ?? [])].map((one) => ({ appId: '', ...one })),
    );
    expect(application.api?.preAuthorizedApplications).toEqual([
      { appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', delegatedPermissionIds: [scope.id] },
    ]);
    expect(only(world.directory.servicePrincipals)).toMatchObject({
      appId: application.appId,
      appRoleAssignmentRequired: true,
    });
  });

  it('changes nothing the second time', async () => {
    const first = await entraApp('--redirect-uri', 'https://warden.example/');
    const before = world.directory;

    const second = await entraApp('--redirect-uri', 'https://warden.example/');

    expect(second).toMatchObject({ code: 0, stdout: first.stdout });
    expect(changes(second.calls)).toEqual([]);
    expect(world.directory).toEqual(before);
  });

  it.each([
    ['begins alike', 'HSM Warden (prod) 2'],
    ['differs in case', 'hsm warden (PROD)'],
  ])('never takes an application whose name %s', async (_what, other) => {
    world.directory = { applications: [stranger(other)], servicePrincipals: [], hidden: 0 };

    const { code } = await entraApp();

    expect(code).toBe(0);
    expect(world.directory.applications[0]).toEqual(stranger(other));
    expect(world.directory.applications).toHaveLength(2);
  });

  it('refuses an application of its name that it did not make, and changes nothing', async () => {
    world.directory = { applications: [stranger(NAME)], servicePrincipals: [], hidden: 0 };

    const { code, stdout, stderr, calls } = await entraApp();

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('--client-id ID');
    expect(changes(calls)).toEqual([]);
  });

  it('refuses to choose between two of its own', async () => {
    await entraApp();
    const application = only(world.directory.applications);
    world.directory = {
      ...world.directory,
      applications: [application, { ...application, id: 'second', appId: stranger('').appId }],
    };

    const { code, stderr, calls } = await entraApp();

    expect(code).toBe(1);
    expect(stderr).toContain(application.appId);
    expect(changes(calls)).toEqual([]);
  });

  it('takes the application that --client-id names, whatever it is called, and keeps what others added', async () => {
    const role = { id: 'theirs', value: 'Other.Role', isEnabled: true };
    const mine = {
      ...stranger('Shared'),
      tags: ['finance'],
      appRoles: [role],
      identifierUris: ['api://shared'],
      spa: { redirectUris: ['https://other.example'] },
      optionalClaims: { idToken: [{ name: 'email' }], accessToken: [{ name: 'ipaddr' }] },
    };
    world.directory = { applications: [mine], servicePrincipals: [], hidden: 0 };

    const { code, stdout } = await entraApp(
      '--client-id',
      mine.appId,
      '--redirect-uri',
      'https://warden.example/',
    );

    expect({ code, stdout }).toEqual({ code: 0, stdout: `${mine.appId}\n` });
    const after = only(world.directory.applications);
    expect(after.tags).toEqual(['finance', 'hsm-warden']);
    expect(after.appRoles).toContainEqual(role);
    expect(after.appRoles).toHaveLength(ROLE_VALUES.length + 1);
    expect(after.optionalClaims?.accessToken?.map(({ name }) => name)).toEqual([
      'ipaddr',
      'auth_time',
      'acrs',
    ]);
    expect(after.optionalClaims?.idToken).toEqual([{ name: 'email' }]);
    expect(after.identifierUris).toEqual(['api://shared', `api://${mine.appId}`]);
    expect(after.spa?.redirectUris).toEqual(['https://other.example', 'https://warden.example/']);
  });

  it('brings the application of an earlier version up to date: the role for webhooks was missing', async () => {
    await entraApp();
    const { tags: _tags, ...earlier } = only(world.directory.applications);
    const appRoles = earlier.appRoles?.filter(({ value }) => value !== 'Recovery.Webhook') ?? [];
    world.directory = { ...world.directory, applications: [{ ...earlier, appRoles }] };

    const { code, calls } = await entraApp();

    expect(code).toBe(0);
    expect(changes(calls)).toHaveLength(1);
    expect(only(world.directory.applications).appRoles?.map(({ value }) => value)).toContain(
      'Recovery.Webhook',
    );
  });

  it('waits for what it made to be seen, and not for ever', async () => {
    world.directory = { applications: [], servicePrincipals: [], hidden: 3 };
    expect((await entraApp()).code).toBe(0);

    world.directory = { applications: [], servicePrincipals: [], hidden: 100 };
    expect(await entraApp()).toMatchObject({ code: 1, stdout: '' });
  });

  it.each([
    ['making it', '--method POST --url https://graph.microsoft.com/v1.0/applications '],
    ['naming it', '--method PATCH .*identifierUris'],
    ['authorising the Azure CLI', '--method PATCH .*preAuthorizedApplications'],
    ['making the enterprise application', '--method POST .*/servicePrincipals '],
  ])('goes on after a stop at %s, with one application in the end', async (_what, call) => {
    world.rules = [{ call, code: 1, stderr: 'stopped\n' }, ...RULES];
    const stopped = await entraApp();
    expect(stopped.code).not.toBe(0);
    expect(stopped.stdout).toBe('');

    world.rules = RULES;
    expect((await entraApp()).code).toBe(0);

    expect(only(world.directory.applications).api?.preAuthorizedApplications).toHaveLength(1);
    expect(only(world.directory.servicePrincipals).appRoleAssignmentRequired).toBe(true);
  });

  it('demands an assignment where somebody switched that off', async () => {
    await entraApp();
    const principal = only(world.directory.servicePrincipals);
    world.directory = {
      ...world.directory,
      servicePrincipals: [{ ...principal, appRoleAssignmentRequired: false }],
    };

    expect((await entraApp()).code).toBe(0);

    expect(only(world.directory.servicePrincipals).appRoleAssignmentRequired).toBe(true);
  });

  it.each([
    ['http elsewhere', 'http://warden.example/'],
    ['no scheme', 'warden.example'],
    ['a quote', 'https://warden.example/"'],
    ['a space', 'https://a.example https://b.example'],
  ])('refuses a redirect address with %s before it calls anything', async (_what, url) => {
    const { code, calls } = await entraApp('--redirect-uri', url);
    expect({ code, calls }).toEqual({ code: 1, calls: [] });
  });

  it.each([
    ['nothing', []],
    ['an option without its value', [NAME, '--client-id']],
    ['an unknown option', [NAME, '--force', 'yes']],
    ['a client id that is none', [NAME, '--client-id', "x') or true"]],
  ])('refuses %s on its command line', async (_what, args) => {
    expect(await world.run('entra-app.sh', {}, { args })).toMatchObject({ code: 1, stdout: '', calls: [] });
  });

  it('refuses to work in another tenant than that of the subscription', async () => {
    world.rules = [{ call: '^az account show --subscription sub-1', stdout: 'tenant-2\n' }, ...RULES];
    const { code, stderr, calls } = await world.run(
      'entra-app.sh',
      { AZURE_SUBSCRIPTION_ID: 'sub-1' },
      { args: [NAME] },
    );
    expect(code).toBe(1);
    expect(stderr).toContain('az account set --subscription sub-1');
    expect(changes(calls)).toEqual([]);
  });

  it('asks the Graph of its own cloud', async () => {
    world.rules = [{ call: '^az cloud show', stdout: 'https://graph.microsoft.us/\n' }, ...RULES.slice(1)];
    const { calls } = await entraApp();
    const asked = calls.filter((call) => call.startsWith('az rest'));
    expect(asked.every((call) => call.includes('--url https://graph.microsoft.us/v1.0/'))).toBe(true);
  });
});
