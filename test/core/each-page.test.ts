import { describe, expect, it } from 'vitest';
import { eachPage } from '../../src/core/each-page.ts';
import { CIRCLES } from '../support/endless-list.ts';
import { failureOf } from '../support/errors.ts';

const LIST = { code: 'hsm-answer-unexpected', what: 'the keys of HSM contoso', hsm: 'contoso' } as const;

async function drain(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pages);
}

/** A list whose pages are named by their tokens. */
function listOf(...tokens: readonly (string | undefined)[]) {
  const asked: (string | undefined)[] = [];
  const read = async (token: string | undefined) => {
    asked.push(token);
    return { name: token ?? 'first', next: tokens[asked.length - 1] };
  };
  return { asked, read };
}

describe('the pages of a list', () => {
  it('come in their order, each once, to the last', async () => {
    const { read } = listOf('second', 'third', undefined);
    const names: string[] = [];

    for await (const { name } of eachPage(LIST, read)) names.push(name);

    expect(names).toEqual(['first', 'second', 'third']);
  });

  it('end with an empty token too', async () => {
    const { asked, read } = listOf('second', '');

    await drain(eachPage(LIST, read));

    expect(asked).toEqual([undefined, 'second']);
  });

  it('are not asked for by a reader who has seen enough', async () => {
    const { asked, read } = listOf('second', 'third', undefined);

    for await (const { name } of eachPage(LIST, read)) if (name === 'second') break;

    expect(asked).toEqual([undefined, 'second']);
  });

  it.each(CIRCLES)('fail when one leads back to %s, after each was given', async (_what, circle) => {
    const list = circle();
    let given = 0;
    const reading = async () => {
      for await (const _ of eachPage(LIST, () => list.page())) given += 1;
    };

    const error = await failureOf(reading());

    expect(error).toMatchObject({ code: 'hsm-answer-unexpected', transient: true, hsm: 'contoso' });
    expect(error.message).toContain('the keys of HSM contoso');
    expect(given).toBe(list.asked);
  });

  it('fail when one leads back to a page long before it', async () => {
    const { asked, read } = listOf('second', 'third', 'fourth', 'fifth', 'second', 'third');

    await expect(drain(eachPage(LIST, read))).rejects.toMatchObject({ code: 'hsm-answer-unexpected' });

    expect(asked).toHaveLength(5);
  });

  it('fail as reading one fails', async () => {
    const read = () => Promise.reject(new Error('no page'));

    await expect(drain(eachPage(LIST, read))).rejects.toThrow('no page');
  });
});
