/** docs/notifications.md says what the settings take. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { Family } from '../../src/features/notify/model/channel-entry.ts';

it('docs/notifications.md shows the message of a sample under each channel', async () => {
  const page = await readFile('docs/notifications.md', 'utf8');
  const sample = await readFile('test/golden/notifications/key-deleted.txt', 'utf8');
  const said = /Subject: \[HSM Warden (?<reference>HW-[0-9A-F]{6})\] (?<title>.*)/.exec(sample)?.groups;
  const sections = page
    .split(/^##+ /m)
    .filter((section) => /^(Microsoft Teams|Slack|PagerDuty|Mail by|Any receiver)/.test(section));

  expect(sections).toHaveLength(6);
  for (const section of sections) {
    expect(section).toContain(said?.reference);
    expect(section).toContain(said?.title);
  }
});

it('docs/notifications.md names every kind that a channel can be limited to', async () => {
  const page = await readFile('docs/notifications.md', 'utf8');
  const row = page.split('\n').find((line) => line.startsWith('| `kinds` |')) ?? '';
  const named = [...row.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name).slice(1);

  expect(named).toEqual(Family.options);
});
