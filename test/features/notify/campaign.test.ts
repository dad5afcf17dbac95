/** Nothing is lost and nothing is said too often, whatever fails and whoever dies. The full size: `node tools/notify-campaign.ts`. */
import { expect, it } from 'vitest';
import { runCampaign } from '../../support/notify-campaign.ts';

it.each([21, 22])(
  '200 events with 30 % faults and 10 kills, to real servers (seed %d)',
  { timeout: 300_000 },
  async (seed) => {
    const result = await runCampaign({ events: 200, kills: 10, faults: 0.3, seed });

    expect(result).toMatchObject({
      unheard: [],
      sentAfterReceipt: 0,
      excess: 0,
      disordered: 0,
      left: 0,
      strays: 0,
      leaks: [],
    });
    expect(result.bodies).toBeGreaterThan(100);
    expect(result.kills).toBeGreaterThan(0);
    expect(result.lostAnswers).toBeGreaterThan(0);
    expect(result.incidents).toBeGreaterThan(1);
  },
);
