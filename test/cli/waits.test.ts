import { describe, expect, it, onTestFinished } from 'vitest';
import { beginWait, noteWait } from '../../src/adapters/http/waits.ts';
import { showWaits } from '../../src/cli/frame/waits.ts';
import { ManualClock } from '../support/memory/manual-clock.ts';

/** A terminal, and what it was told so far. */
function terminal() {
  const clock = new ManualClock();
  const said: string[] = [];
  const stop = showWaits({ stderr: { isTTY: true, write: (text) => said.push(text) }, clock });
  onTestFinished(stop);
  return { clock, said, stop };
}

describe('a command that waits', () => {
  it('says for whom and how long, once that is longer than expected', async () => {
    const { clock, said, stop } = terminal();
    const over = beginWait('contoso');
    await clock.advance(12_000);

    await expect.poll(() => said.join(''), { timeout: 5_000 }).toContain('asking contoso… 12 s');
    over();
    stop();
    expect(said.at(-1)).toBe('\r\u001b[K');
  });

  it('says why the last try failed, and when the next one is due', async () => {
    const { clock, said } = terminal();
    noteWait('contoso', '503', 8_000);
    await clock.advance(4_000);

    await expect
      .poll(() => said.join(''), { timeout: 5_000 })
      .toContain('asking contoso… 4 s (503, next try in 4 s)');
  });

  it('says nothing of what is answered soon, and leaves no line behind', async () => {
    const { clock, said, stop } = terminal();
    const over = beginWait('contoso');
    await clock.advance(2_000);
    over();
    stop();
    noteWait('contoso', '503', 8_000);

    expect(said).toEqual([]);
  });
});
