import { expect, it } from 'vitest';
import { APP_PORTS, WORLD_PORTS } from '../../../src/local/world/usual-ports.ts';

it('no two things of a local world want the same port', () => {
  const all = [...Object.values(WORLD_PORTS), ...Object.values(APP_PORTS)];

  expect(all.filter((port, index) => all.indexOf(port) !== index)).toEqual([]);
});
