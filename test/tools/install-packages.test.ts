/** What the checks of a change need from the system is installed by root, and by sudo for everybody else. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';

/** The calls of the script where `id -u` says `uid`. */
function callsAs(uid: number): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'hsm-warden-install-'));
  try {
    const calls = join(folder, 'calls');
    const command = (name: string, does: string) => {
      writeFileSync(join(folder, name), `#!/bin/sh\n${does}\n`);
      chmodSync(join(folder, name), 0o755);
    };
    command('id', `echo ${uid}`);
    command('sudo', `echo "sudo $*" >> ${calls}`);
    command('apt-get', `echo "apt-get $*" >> ${calls}`);
    const PATH = `${folder}${delimiter}${process.env.PATH}`;
    execFileSync('bash', ['.ci/install-packages', 'openssl'], { env: { ...process.env, PATH } });
    return readFileSync(calls, 'utf8').trim().split('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it.each([
  [0, ['apt-get update -qq', 'apt-get install -y -qq openssl']],
  [1001, ['sudo apt-get update -qq', 'sudo apt-get install -y -qq openssl']],
])('the user %i calls %j', (uid, calls) => {
  expect(callsAs(uid)).toEqual(calls);
});

it('nothing in .ci/run calls apt-get past it', () => {
  expect(readFileSync('.ci/run', 'utf8')).not.toContain('apt-get');
});
