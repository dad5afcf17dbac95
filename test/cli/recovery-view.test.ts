import { describe, expect, it } from 'vitest';
import { render } from '../../src/cli/frame/render.ts';
import { viewAnswer } from '../../src/cli/recovery/show-view.ts';
import { viewOf } from '../../src/features/recovery/model/view.ts';
import { anOperation, aRequest } from '../support/recovery-builders.ts';

const NOW = Date.UTC(2026, 10, 28, 3);

function shown(change: Parameters<typeof aRequest>[0] = {}, width = 80): string {
  const record = { ...aRequest(change), expiresAt: NOW + 3_600_000 };
  return render(viewAnswer(viewOf(record, record.rule)), 'table', { now: NOW, utc: false, width });
}

describe('a request as its approvers see it', () => {
  it('says what will happen, who must still approve and until when', () => {
    const text = shown().replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/will happen recover key \S+ on HSM \S+: its deletion is undone/);
    expect(text).toMatch(/still needed \d approvals of \d.*; not by .*, who asked/);
    expect(text).toContain('ends in 1 h (2026-11-28T04:00:00.000Z)');
  });

  it('says of an adoption that no key is touched', () => {
    const text = shown({ operation: anOperation({ action: 'adopt' }) }).replaceAll(/\s+/g, ' ');
    expect(text).toContain('adopt the backup below of key orders of HSM contoso');
    expect(text).not.toContain('restore');
  });

  it.each([40, 80, 140])('fits %i columns, and loses no word of a sentence', (width) => {
    const sentence = `${'The watch says that it was deleted by somebody from afar. '.repeat(4)}END`;
    const text = shown({ preflight: [sentence] }, width);
    const lines = text.split('\n').filter((line) => !line.includes('digest'));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(sentence.replaceAll(/\s+/g, ' '));
  });

  it('says what an execution waits for, since when, and until when', () => {
    const waitsFor = {
      code: 'hsm-unreachable',
      message: 'HSM contoso is silent.',
      since: NOW,
      nextAt: NOW + 30_000,
    };
    const record = {
      ...aRequest(),
      state: 'executing' as const,
      claim: { worker: 'w', until: NOW },
      giveUps: 1,
      waitsFor,
    };
    const answer = viewAnswer(viewOf(record, record.rule));
    const text = render(answer, 'table', { now: NOW, utc: false, width: 200 }).replaceAll(/\s+/g, ' ');
    expect(text).toContain('waits for since 2026-11-28T03:00:00.000Z: HSM contoso is silent.');
    expect(text).toContain('attempt 2 of 5, to begin at 2026-11-28T03:00:30.000Z');
    expect(text).not.toContain('it is executed now');
  });

  it('gives the digest whole, for it is what is approved', () => {
    const record = aRequest();
    expect(shown({}, 40)).toContain(record.digest);
  });
});
