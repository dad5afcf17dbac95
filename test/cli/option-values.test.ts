import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readSecret } from '../../src/cli/frame/ask.ts';
import { parseMoment } from '../../src/cli/frame/moment.ts';
import { NewKeyOptions } from '../../src/cli/key/new-key-options.ts';

const Options = z.object(NewKeyOptions);

describe('a moment', () => {
  it.each([
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2027-01-31T12:00', '2027-01-31T12:00:00.000Z'],
    ['2027-01-31T12:00:30', '2027-01-31T12:00:30.000Z'],
    ['2027-01-31T12:00:30Z', '2027-01-31T12:00:30.000Z'],
    ['2027-01-31t12:00z', '2027-01-31T12:00:00.000Z'],
    ['2027-01-31T12:00:00.000Z', '2027-01-31T12:00:00.000Z'],
    ['2027-01-31T12:00:00+02:00', '2027-01-31T10:00:00.000Z'],
    ['2027-01-31T23:30:00-01:00', '2027-02-01T00:30:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('%s is %s, wherever the machine is', (text, expected) => {
    expect(parseMoment(text)?.toISOString()).toBe(expected);
  });

  it.each([
    ...['', 'foo 1', '1', 'in 5 days', 'tomorrow', '12-31-2027', '1/2/2027', '31.12.2027', 'Jan 31 2027 x7'],
    ...['2027-02-31', '2027-06-31', '2025-13-45', '2027-02-29', '2027-00-10', '2027-01-00', '2027-1-31'],
    ...['2027-01-31T24:00:00Z', '2027-01-31T12:60', '2027-01-31T12:00:60Z', '2027-01-31T12'],
    ...['2027-01-31T12:00:00+15:00', '2027-01-31T12:00:00+0200', '2027-01-31T12:00:00.5Z'],
    ...['2027-01-31 12:00', '+12027-01-31', '02027-01-31', '2027-01-31Z', '1893456000'],
  ])('is not %j', (text) => {
    expect(parseMoment(text)).toBeUndefined();
    expect(Options.safeParse({ expires: text }).success).toBe(false);
  });

  test.prop([fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })])(
    'is read back as it is written',
    (date) => {
      const text = date.toISOString().replace(/\.\d{3}Z$/, 'Z');
      expect(parseMoment(text)?.toISOString()).toBe(text.replace('Z', '.000Z'));
    },
  );
});

describe('tags', () => {
  it.each([
    [[''], {}],
    [[' '], {}],
    [['a=1', ''], { a: '1' }],
    [['a=1', 'b=x=y', 'c'], { a: '1', b: 'x=y', c: '' }],
    [['__proto__=1'], Object.fromEntries([['__proto__', '1']])],
  ])('%j are %j', (given, expected) => {
    expect(Options.parse({ tags: given }).tags).toEqual(expected);
  });

  it.each([[['=1']], [['a=1', ' =2']]])('%j lack a name', (given) => {
    expect(Options.safeParse({ tags: given }).error?.issues[0]?.message).toContain('expected a name');
  });
});

describe('a secret', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'warden-secret-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const { signal } = new AbortController();
  const nothing = { stdin: Readable.from([]), signal };

  async function fromFile(bytes: Uint8Array | string) {
    const path = join(folder, 'secret');
    await writeFile(path, bytes);
    return readSecret(nothing, path);
  }
  const fromPipe = (pieces: readonly Uint8Array[]) =>
    readSecret({ stdin: Readable.from(pieces), signal }, '-');

  it.each([
    ['plain', 'pässwörd€\n', 'pässwörd€'],
    ['without a line end', 'geheim', 'geheim'],
    ['with CRLF', 'geheim\r\n', 'geheim'],
    ['with a byte-order mark', '\ufeffgeheim\r\n', 'geheim'],
    ['with spaces around', ' geheim \n', ' geheim '],
    ['that begins with a hyphen', '-geheim\n', '-geheim'],
  ])('%s is the same from a file and from a pipe', async (_case, text, expected) => {
    expect(await fromFile(text)).toBe(expected);
    expect(await fromPipe([Buffer.from(text)])).toBe(expected);
  });

  it('may come in pieces that part a character or a line end', async () => {
    const bytes = Buffer.from('\ufeffpässwörd€\r\nmore');
    expect(await fromPipe([...bytes].map((byte) => Buffer.from([byte])))).toBe('pässwörd€');
  });

  it.each([
    ['UTF-16, as PowerShell 5 writes', Buffer.from('\ufeffgeheim\r\n', 'utf16le'), 'UTF-16'],
    ['UTF-16, the other way round', Buffer.from('\ufeffgeheim', 'utf16le').swap16(), 'UTF-16'],
    ['Latin-1', Buffer.from('pässwörd', 'latin1'), 'not written in UTF-8'],
  ])('in %s is refused, and never repeated', async (_case, bytes, named) => {
    for (const read of [() => fromFile(bytes), () => fromPipe([bytes])]) {
      const failure = await read().catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'UsageError' });
      expect(String(failure)).toContain(named);
      expect(String(failure)).not.toMatch(/geheim|ssw/);
    }
  });

  it('is not waited for after Ctrl-C', async () => {
    const interrupted = new AbortController();
    const asked = readSecret(
      { stdin: new Readable({ read: () => undefined }), signal: interrupted.signal },
      '-',
    );
    interrupted.abort(new Error('interrupted'));
    await expect(asked).rejects.toThrow('interrupted');
  });
});
