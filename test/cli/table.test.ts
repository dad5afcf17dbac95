import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Table } from '../../src/cli/frame/command.ts';
import { render } from '../../src/cli/frame/render.ts';
import { cutMiddle, renderTable, sizeText } from '../../src/cli/frame/table.ts';

const NOW = Date.UTC(2026, 10, 24, 2);
const style = { now: NOW, utc: false };
const table: Table = {
  columns: ['Hsm', 'Key', 'CapturedAt', 'Size', 'Blob'],
  rows: [
    [
      'contoso',
      'payments-data',
      { at: NOW - 7_200_000, text: '2026-11-24T00:00:00Z' },
      { bytes: 12_345 },
      `contoso/payments-data/20261124T000000123Z-${'0123456789abcdef'.repeat(2)}.keybackup`,
    ],
  ],
};

describe('a table', () => {
  it.each([80, 140])('fits a terminal of %i columns', (width) => {
    const lines = renderTable(table, { ...style, width })
      .trimEnd()
      .split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines[0]?.split(/ +/)).toEqual(['Hsm', 'Key', 'CapturedAt', 'Size', 'Blob']);
    expect(lines[2]).toMatch(/contoso.*…?.*keybackup$/);
  });

  it('is not cut where nobody watches', () => {
    expect(renderTable(table, style)).toContain(String(table.rows[0]?.[4]));
  });

  it('shows how far a moment is, or exactly with --utc; sizes in units', () => {
    expect(renderTable(table, style)).toMatch(/2 h ago +12\.1 KiB/);
    expect(renderTable(table, { ...style, utc: true })).toContain('2026-11-24T00:00:00Z');
    const coming: Table = { columns: ['Purge'], rows: [[{ at: NOW + 90_000_000, text: '' }]] };
    expect(renderTable(coming, style)).toContain('in 1 d 1 h');
  });

  it('is the same for programs whatever the terminal and the time', () => {
    expect(render({ table }, 'tsv', { now: 0, utc: false, width: 20 })).toBe(
      `contoso\tpayments-data\t2026-11-24T00:00:00Z\t12345\t${table.rows[0]?.[4]}\n`,
    );
  });

  it.each([
    ['just as wide as what may not be cut', 49, true],
    ['one narrower', 48, false],
  ])('cuts no id and no moment: in a terminal %s each row has lines of its own', (_case, width, isTable) => {
    const requests: Table = {
      whole: ['Id'],
      columns: ['Id', 'Key', 'Expires'],
      rows: [
        ['0bbmhg1mq2v8le2iv7nwr8zcen', 'payments-data', { at: NOW + 3_600_000, text: '' }],
        ['1bbmhg1mq2v8le2iv7nwr8zcen', 'orders', { at: NOW + 7_200_000, text: '' }],
      ],
    };
    const text = renderTable(requests, { ...style, width: width - 4 });
    expect(text).toContain('0bbmhg1mq2v8le2iv7nwr8zcen');
    expect(text).toMatch(/in 1 h/);
    expect(text.startsWith('Id                          Key ')).toBe(isTable);
    if (!isTable) expect(text).toContain('\n\nId       1bbmhg1mq2v8le2iv7nwr8zcen\nKey      orders\n');
  });

  test.prop([
    fc.array(fc.string({ maxLength: 60 }), { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 70, max: 200 }),
  ])('never breaks a line or a title, whatever is in it', (cells, width) => {
    const columns = cells.map((_cell, index) => `Column${index}`);
    const text = renderTable(
      { columns, rows: [cells.map((cell) => cell.replaceAll(/[\t\n]/g, ' '))] },
      { ...style, width },
    );
    const lines = text.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]?.split(/ +/)).toEqual(columns);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  });
});

describe('a long value', () => {
  it.each([
    ['abcdefghij', 10, 'abcdefghij'],
    ['abcdefghij', 9, 'abcd…ghij'],
    ['abcdefghij', 4, 'ab…j'],
    ['abcdefghij', 1, '…'],
  ])('%s in %i characters is %s', (text, width, expected) => {
    expect(cutMiddle(text, width)).toBe(expected);
  });
});

describe('a size', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [12_345, '12.1 KiB'],
    [1024 ** 2 * 150, '150 MiB'],
    [1024 ** 5, '1024 TiB'],
  ])('of %i bytes is %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});
