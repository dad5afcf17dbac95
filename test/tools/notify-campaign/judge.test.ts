/** The campaign of the notifications finds what is wrong. With real processes: `node tools/notify-campaign.ts 60 0 21 send-twice`. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/features/notify/model/message.ts';
import { changed } from '../../../tools/chaos/changes/text-change.ts';
import { eventAt, recoveryIdOf } from '../../../tools/notify-campaign/events.ts';
import { PLANTED_FAULTS } from '../../../tools/notify-campaign/planted.ts';
import { type CampaignEvidence, judge } from '../../../tools/notify-campaign/verdict.ts';
import { SHORTER_TIMES } from '../../../tools/notify-campaign/worker.ts';
import type { Ledger } from '../../support/notify-fleet.ts';
import { aMessage } from '../../support/notify-message.ts';
import { SAMPLE_AT } from '../../support/notify-samples.ts';

const FIRST = aMessage({ id: 'a'.repeat(32) });
const SECOND = aMessage({ id: 'b'.repeat(32), kind: 'update', at: SAMPLE_AT + 1 });
const EVENTS = [0, 1].map((n) => eventAt(n, SAMPLE_AT + n));

/** Both channels took both messages of the one thread. */
function aGoodEnd(): CampaignEvidence {
  return {
    records: new Map([
      ['slack', aLedger(FIRST, SECOND)],
      ['teams', aLedger(FIRST, SECOND)],
    ]),
    kills: 1,
    sentAfterReceipt: 0,
    unrecorded: new Map(),
    threads: [FIRST.thread],
    left: 0,
    strays: [],
    secrets: ['s3cr3t-of-a-channel'],
    log: ['notification accepted'],
    stored: ['{}'],
    events: EVENTS,
    members: ['key-0', recoveryIdOf(1)],
    unidentified: 0,
  };
}

function aLedger(...messages: readonly Message[]): Ledger {
  const taken = messages.map((message) => ({ message, body: JSON.stringify(message) }));
  return { taken, lost: new Map(), refused: new Map(), heard: messages.map(({ id }) => id) };
}

function slackWith(ledger: Ledger): Pick<CampaignEvidence, 'records'> {
  return { records: new Map([...aGoodEnd().records, ['slack', ledger]]) };
}

describe('the verdict', () => {
  it('is good where every channel took every message once', () => {
    expect(judge(aGoodEnd())).toMatchObject({ ok: true, incidents: 1, messages: 4, repeats: 0 });
  });

  it.each<[what: string, change: Partial<CampaignEvidence>]>([
    ['an answer was lost', slackWith({ ...aLedger(FIRST, FIRST, SECOND), lost: new Map([[FIRST.id, 1]]) })],
    [
      'the process was killed before it noted the answer',
      { ...slackWith(aLedger(FIRST, FIRST, SECOND)), unrecorded: new Map([[`slack ${FIRST.id}`, 1]]) },
    ],
  ])('is good where a message came once more because %s', (_what, change) => {
    expect(judge({ ...aGoodEnd(), ...change })).toMatchObject({ ok: true, repeats: 1, excess: 0 });
  });

  it.each<[what: string, change: Partial<CampaignEvidence>, found: object]>([
    ['a message came twice for no reason', slackWith(aLedger(FIRST, FIRST, SECOND)), { excess: 1 }],
    [
      'a message came that had been refused for good',
      slackWith({
        ...aLedger(SECOND),
        taken: [
          { message: FIRST, body: '', wasRefused: true },
          { message: SECOND, body: '' },
        ],
      }),
      { sentAfterReceipt: 1 },
    ],
    [
      'a message came twice more for one lost answer',
      slackWith({ ...aLedger(FIRST, FIRST, FIRST, SECOND), lost: new Map([[FIRST.id, 1]]) }),
      { excess: 1 },
    ],
    ['a receipt was forgotten', { sentAfterReceipt: 1 }, { sentAfterReceipt: 1 }],
    ['a channel heard nothing of an incident', slackWith(aLedger()), { unheard: [`slack ${FIRST.thread}`] }],
    ['nobody heard of an incident', { threads: [FIRST.thread, 'c'.repeat(16)] }, {}],
    ['a thread came in the wrong order', slackWith(aLedger(SECOND, FIRST)), { disordered: 1 }],
    ['a deletion was dropped', { members: [recoveryIdOf(1)] }, { dropped: ['key-0'] }],
    ['a request was dropped', { members: ['key-0'] }, { dropped: [recoveryIdOf(1)] }],
    ['something still waits', { left: 1 }, { left: 1 }],
    ['something was sent to where a redirection led', { strays: ['POST /'] }, { strays: 1 }],
    ['something was sent that never waited', { unidentified: 1 }, { unidentified: 1 }],
    ['a secret is in the log', { log: ['at s3cr3t-of-a-channel'] }, { leaks: ['s3cr3t-of-a-… in the log'] }],
    ['a digest is stored', { stored: ['d1'.repeat(32)] }, { leaks: ['d1d1d1d1d1d1… in what is stored'] }],
    [
      'the name of a backup is in a body',
      slackWith(aLedger(FIRST, { ...SECOND, todo: 'restore x.keybackup' })),
      { leaks: ['.keybackup… in a body'] },
    ],
  ])('is bad where %s', (_what, change, found) => {
    expect(judge({ ...aGoodEnd(), ...change })).toMatchObject({ ok: false, ...found });
  });
});

describe('a change of the product for a campaign', () => {
  it.each([...PLANTED_FAULTS, ...SHORTER_TIMES])('has its one place in $file: $from', async (change) => {
    const source = await readFile(change.file, 'utf8');
    expect(changed(source, change)).not.toBe(source);
  });
});
