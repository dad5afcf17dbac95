import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../src/local/describe-failure.ts';

const running = new AbortController().signal;

function fileError(code: string): Error {
  return Object.assign(new Error(`${code}: something, open '/x/y'`), { code, path: '/x/y' });
}

describe('what is said of an error that ended a start', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST'])(
    'is one line with the path and what to do: %s',
    (code) => {
      const said = describeFailure(fileError(code), running);

      expect(said).toMatch(/^Cannot write \/x\/y: .+\. .+\.$/);
      expect(said).toContain(`(${code})`);
    },
  );

  it.each([
    ['among the causes', new Error('the world did not start', { cause: fileError('EROFS') })],
    [
      'in the words of another process',
      new Error(
        "Azurite ended with 1 before it was ready: Error: EROFS: read-only file system, mkdir '/x/y' | at",
      ),
    ],
  ])('is found %s', (_, error) => {
    expect(describeFailure(error, running)).toMatch(/^Cannot write \/x\/y: .+\(EROFS\)\.$/);
  });

  it('names a folder that cannot be made on a read-only file system', () => {
    const error = Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'mkdir', path: '.warden' });

    expect(describeFailure(error, running)).toMatch(/^Cannot make the folder \.warden: .*read-only/);
  });

  it('of an interruption is that the next start goes on', () => {
    const asked = new AbortController();
    asked.abort();

    expect(describeFailure(asked.signal.reason, asked.signal)).toMatch(/^Stopped; /);
    expect(describeFailure(fileError('ENOSPC'), asked.signal)).toContain('ENOSPC');
  });

  it('of what nobody expected has its stack', () => {
    expect(describeFailure(new Error('odd'), running)).toMatch(/^Error: odd\n +at /);
  });
});
