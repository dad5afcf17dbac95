import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEnrolments } from '../../../src/features/drill/model/enrolments.ts';
import { CliWorld } from '../support/cli-world.ts';

let world: CliWorld;
const DAY_MS = 86_400_000;

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso' }]);
});
afterAll(() => world?.close());

test('versions outside their dates are named and left out, and the others are enrolled', async () => {
  const client = world.client();
  const expired = await client.createOctKey('data', {
    keySize: 256,
    expiresOn: new Date(Date.now() - DAY_MS),
  });
  const later = await client.createOctKey('data', { keySize: 256, notBefore: new Date(Date.now() + DAY_MS) });
  const good = await client.createOctKey('data', { keySize: 256 });

  const { code, stdout } = await world.run(['drill', 'enroll', '--hsm', 'contoso', '--key', 'data']);

  expect(code).toBe(0);
  expect(stdout).toContain('Enrolled 1 version of key data.');
  expect(stdout).toContain(`version ${expired.properties.version}, which is expired`);
  expect(stdout).toContain(`version ${later.properties.version}, which is not valid yet`);
  const enrolled = (await readEnrolments(world.state, 'contoso')).get('data');
  expect(enrolled?.map(({ version }) => version)).toEqual([good.properties.version]);
});

test('a key without a version that encrypts now is refused, with the reason', async () => {
  await world.client().createOctKey('old', { keySize: 256, expiresOn: new Date(Date.now() - DAY_MS) });
  const { code, stderr } = await world.run(['drill', 'enroll', '--hsm', 'contoso', '--key', 'old']);
  expect(code).not.toBe(0);
  expect(stderr).toContain('which is expired');
});
