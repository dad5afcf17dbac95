/** Where messages may go: named hosts, and public addresses only, as they are connected to. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { WardenError } from '../../../core/errors.ts';

/** Where messages may go. */
export interface OutgoingRules {
  /** Host names; one with a dot in front stands for everything below it. */
  readonly hosts: readonly string[];
  /** Those of them that may have an address that is not public. */
  readonly privateHosts: readonly string[];
}

/**
 * Addresses that are not public: https://www.iana.org/assignments/iana-ipv4-special-registry and
 * https://www.iana.org/assignments/iana-ipv6-special-registry, with multicast. Those that carry an IPv4 address inside are
 * left out as a whole.
 */
const NOT_PUBLIC: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // Azure's own services on every virtual machine: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
  ['168.63.129.16', 32],
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

/** One list for each version: a list takes an IPv4 address for the IPv6 address that carries it. */
const BLOCKED = { 4: new BlockList(), 6: new BlockList() };
for (const [net, prefix] of NOT_PUBLIC) {
  if (isIPv6(net)) BLOCKED[6].addSubnet(net, prefix, 'ipv6');
  else BLOCKED[4].addSubnet(net, prefix, 'ipv4');
}

/** Whether an address can be anybody's on the internet. */
export function isPublic(address: string): boolean {
  const version = isIP(address);
  if (version === 6) return !BLOCKED[6].check(address, 'ipv6');
  return version === 4 && !BLOCKED[4].check(address, 'ipv4');
}

/** Whether `host` is one of `names`. */
export function isNamed(host: string, names: readonly string[]): boolean {
  const wanted = bare(host);
  return names.some((name) => {
    const known = name.toLowerCase();
    return known.startsWith('.')
      ? wanted.endsWith(known) && wanted.length > known.length
      : wanted === bare(known);
  });
}

/** Fails with `channel-misconfigured` when the settings do not let messages go to `host`. */
export function requireNamed(host: string, { hosts, privateHosts }: OutgoingRules): void {
  if (isNamed(host, hosts) || isNamed(host, privateHosts)) return;
  throw new WardenError('channel-misconfigured', {
    message: 'The channel leads to a host that the settings do not name.',
    advice: 'Check the address; if it is right, name its host in WARDEN_NOTIFY_HOSTS.',
    reason: 'host not named',
  });
}

/** Fails with `channel-misconfigured` when `address` is not public and `host` is not among those that may have such a one. */
export function requireAllowed(host: string, address: string, { privateHosts }: OutgoingRules): void {
  if (isPublic(address) || isNamed(host, privateHosts)) return;
  throw new WardenError('channel-misconfigured', {
    message: 'The channel leads to an address that is not public.',
    advice: 'Check the address; a receiver of your own network is named in WARDEN_NOTIFY_PRIVATE_HOSTS.',
    reason: 'private address',
  });
}

/** One allowed address of `host`. Fails with `channel-misconfigured`, or as the resolver does. */
export async function resolveAllowed(
  host: string,
  rules: OutgoingRules,
): Promise<{ address: string; family: number }> {
  const literal = bare(host);
  const found =
    isIP(literal) === 0
      ? await lookup(literal, { all: true })
      : [{ address: literal, family: isIP(literal) }];
  // One that is not allowed among others is somebody's attempt.
  for (const { address } of found) requireAllowed(host, address, rules);
  const [first] = found;
  if (first !== undefined) return first;
  throw new WardenError('channel-unreachable', {
    message: 'The host of the channel has no address.',
    reason: 'ENOTFOUND',
  });
}

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
