/** Where messages may go: judged by the address, as it is connected to. */
import { describe, expect, it } from 'vitest';
import { isNamed, isPublic, resolveAllowed } from '../../../src/adapters/notify/outgoing/addresses.ts';
import { failureOf } from '../../support/errors.ts';

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.255',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '168.63.129.16',
    '100.64.0.1',
    '100.127.255.255',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '::1',
    '::',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '2002:7f00:1::',
    '64:ff9b::7f00:1',
    '::7f00:1',
    'not an address',
    '',
  ])('%s is not public', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each([
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '13.107.6.152',
    '2620:1ec::1',
    '2a00:1450::1',
  ])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true);
  });
});

describe('a host', () => {
  it.each([
    ['hooks.slack.com', true],
    ['HOOKS.slack.com.', true],
    ['evil-hooks.slack.com', false],
    ['hooks.slack.com.evil.example', false],
    ['a.b.logic.azure.com', true],
    ['logic.azure.com', false],
    ['evillogic.azure.com', false],
    ['.logic.azure.com', false],
  ] as const)('%s is named: %s', (host, expected) => {
    expect(isNamed(host, ['hooks.slack.com', '.logic.azure.com'])).toBe(expected);
  });

  it.each(['localhost', '127.0.0.1', '[::1]', '2130706433', '0x7f.1'])(
    '%s that leads to this machine is not connected to',
    async (host) => {
      const name = new URL(`https://${host}/`).hostname;
      const error = await failureOf(resolveAllowed(name, { hosts: [name], privateHosts: [] }));
      expect(error.code).toBe('channel-misconfigured');
    },
  );
});
