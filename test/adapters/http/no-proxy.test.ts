import { describe, expect, it } from 'vitest';
import { keepLoopbackDirect } from '../../../src/adapters/http/no-proxy.ts';

const LOOPBACK = '127.0.0.1,localhost,.localhost,[::1],::1';

describe('this machine', () => {
  it.each([
    ['nothing', {}, LOOPBACK],
    ['an empty list', { NO_PROXY: '' }, LOOPBACK],
    ['a list', { NO_PROXY: 'a.example, .b.example' }, `a.example,.b.example,${LOOPBACK}`],
    ['a list in small letters', { no_proxy: 'a.example' }, `a.example,${LOOPBACK}`],
    ['part of it', { NO_PROXY: 'localhost' }, 'localhost,127.0.0.1,.localhost,[::1],::1'],
    ['all of it', { NO_PROXY: LOOPBACK }, LOOPBACK],
  ])('is kept from proxies where the environment says %s', (_what, given, expected) => {
    const environment: NodeJS.ProcessEnv = given;

    keepLoopbackDirect(environment);
    keepLoopbackDirect(environment);

    expect(environment.NO_PROXY).toBe(expected);
  });
});
