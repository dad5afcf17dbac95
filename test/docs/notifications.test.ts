/** docs/notifications.md says what the settings take. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { Family } from '../../src/features/notify/model/channel-entry.ts';

it('docs/notifications.md names every kind that a channel can be limited to', async () => {
  const page = await readFile('docs/notifications.md', 'utf8');
  const row = page.split('\n').find((line) => line.startsWith('| `kinds` |')) ?? '';
  const named = [...row.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name).slice(1);

  expect(named).toEqual(Family.options);
});
