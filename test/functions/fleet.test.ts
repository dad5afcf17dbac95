/** The HTTP API over loopback: what people decide about HSMs that a discovery has found. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FleetHsmView } from '../../src/features/fleet/decide.ts';
import { SUBSCRIPTION, someHsms } from '../contract/hsm-directory.ts';
import { FleetWorld } from '../support/fleet-world.ts';
import { codeOf } from '../support/recovery-answers.ts';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';

const [named, other] = ['hsm-0000', 'hsm-0001'];
const REASON = { reason: 'in use since May' };
let served: RecoveryHost;

beforeAll(async () => {
  served = await startRecoveryHost();
});
afterAll(() => served.stop());
beforeEach(() => replaced(true));

/** Another recovery app, over a fleet of two found HSMs of which the settings name one. */
async function replaced(areSealed: boolean): Promise<void> {
  const fleet = new FleetWorld();
  fleet.directory.hsms = someHsms(2);
  fleet.directory.subscriptions = [SUBSCRIPTION];
  await fleet.discover();
  fleet.isSealed = areSealed;
  fleet.named = someHsms(1).map(({ name, url = '', resource }) => ({ name, url, resource }));
  await served.replace({ audit: fleet.audit, fleet: fleet.known });
}

async function decided(answer: Response): Promise<FleetHsmView> {
  expect(answer.status).toBe(200);
  return FleetHsmView.parse(await answer.json());
}

describe('a decision about an HSM over HTTP', () => {
  it('adds one, by the person who may approve, and excludes it again', async () => {
    const added = await decided(await served.send('bob', 'POST', `fleet/${other}/addition`, REASON));
    const excluded = await decided(await served.send('carol', 'POST', `fleet/${other}/exclusion`, REASON));

    expect(added).toMatchObject({
      state: 'protected',
      added: { by: 'bob@contoso.test', reason: REASON.reason },
    });
    expect(excluded).toMatchObject({
      state: 'excluded',
      excluded: { by: 'carol@contoso.test', reason: REASON.reason },
    });
  });

  it('leaves one found where decisions are not sealed', async () => {
    await replaced(false);

    expect(await decided(await served.send('bob', 'POST', `fleet/${other}/addition`, REASON))).toMatchObject({
      state: 'found',
    });
  });
});

describe.each(['addition', 'exclusion'])('an %s', (route) => {
  it.each([
    {
      what: 'without a token',
      person: undefined,
      hsm: other,
      body: REASON,
      status: 401,
      code: 'token-missing',
    },
    {
      what: 'by who may only ask',
      person: 'alice',
      hsm: other,
      body: REASON,
      status: 403,
      code: 'role-missing',
    },
    {
      what: 'by who may only audit',
      person: 'dave',
      hsm: other,
      body: REASON,
      status: 403,
      code: 'role-missing',
    },
    { what: 'without a reason', person: 'bob', hsm: other, body: {}, status: 400, code: 'request-invalid' },
    {
      what: 'that names an address',
      person: 'bob',
      hsm: other,
      body: { ...REASON, address: 'https://evil.managedhsm.azure.net' },
      status: 400,
      code: 'request-invalid',
    },
    {
      what: 'of an HSM of the settings',
      person: 'bob',
      hsm: named,
      body: REASON,
      status: 400,
      code: 'request-invalid',
    },
    {
      what: 'of an HSM that nobody found',
      person: 'bob',
      hsm: 'nowhere',
      body: REASON,
      status: 404,
      code: 'hsm-unknown',
    },
    {
      what: 'of a name of no HSM',
      person: 'bob',
      hsm: '..%2Fcontoso',
      body: REASON,
      status: 400,
      code: 'request-invalid',
    },
  ])('is refused $what', async ({ person, hsm, body, status, code }) => {
    const answer = await served.send(person, 'POST', `fleet/${hsm}/${route}`, body);

    expect(await codeOf(answer)).toEqual({ status, code });
  });

  it('is refused while the gate is disarmed', async () => {
    served.world.proofs.identity = async () => 'anybody could write the audit log';
    await served.world.clock.advance(120_000);

    const answer = await served.send('bob', 'POST', `fleet/${other}/${route}`, REASON);

    expect((await codeOf(answer)).code).toBe('gate-disarmed');
  });
});
