import { expect, it } from 'vitest';
import { describeDrill } from '../../src/local/first-drill.ts';

it('says so where the first drill left no record', () => {
  expect(describeDrill(undefined)).toBe('No restore drill: its run left no record; nothing was proven.');
});
