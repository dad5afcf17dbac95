import { describe, expect, it } from 'vitest';
import { bindingText, isDisabled } from '../../../src/local/host/app-settings.ts';
import { parseHostJson } from '../../../src/local/host/host-json.ts';

describe('host.json', () => {
  it('has the official defaults', () => {
    expect(parseHostJson({ version: '2.0', logging: { anything: true } })).toEqual({
      routePrefix: 'api',
      functionTimeoutMs: undefined,
      queues: {
        batchSize: 16,
        newBatchThreshold: 8,
        maxDequeueCount: 5,
        maxPollingIntervalMs: 60_000,
        visibilityTimeoutMs: 0,
        messageEncoding: 'base64',
      },
    });
  });

  it('is read with its times in milliseconds', () => {
    const queues = {
      batchSize: 32,
      newBatchThreshold: 0,
      maxPollingInterval: '00:00:02',
      visibilityTimeout: '1.01:00:30',
    };

    expect(
      parseHostJson({
        version: '2.0',
        functionTimeout: '00:30:00',
        extensions: { http: { routePrefix: '/v1/' }, queues },
      }),
    ).toMatchObject({
      routePrefix: 'v1',
      functionTimeoutMs: 1_800_000,
      queues: {
        batchSize: 32,
        newBatchThreshold: 0,
        maxPollingIntervalMs: 2000,
        visibilityTimeoutMs: 90_030_000,
      },
    });
  });

  it.each([
    ['-1', undefined],
    ['00:00:01', 1000],
    ['23:59:59', 86_399_000],
  ])('with functionTimeout %s limits to %s', (functionTimeout, expected) => {
    expect(parseHostJson({ version: '2.0', functionTimeout }).functionTimeoutMs).toBe(expected);
  });

  it('with several faults is refused naming each of them', () => {
    const faulty = {
      version: '1.0',
      functionTimeout: '5m',
      extensions: { queues: { batchSize: 33, maxDequeueCount: 0 } },
    };

    expect(() => parseHostJson(faulty)).toThrow(
      expect.objectContaining({
        code: 'host-json-invalid',
        message: expect.stringMatching(/version.*functionTimeout.*batchSize.*maxDequeueCount/s),
      }),
    );
  });
});

describe('a setting in a binding', () => {
  const binding = { type: 'queueTrigger', direction: 'in', queueName: '%A%-%B%', plain: '100%' };

  it('takes its place', () => {
    expect(bindingText(binding, 'queueName', { A: 'x', B: 'y' })).toBe('x-y');
    expect(bindingText(binding, 'plain', {})).toBe('100%');
    expect(bindingText(binding, 'absent', {})).toBeUndefined();
  });

  it('that is missing is named', () => {
    expect(() => bindingText(binding, 'queueName', { A: 'x' })).toThrow(
      expect.objectContaining({ code: 'setting-missing', message: expect.stringContaining('B') }),
    );
  });
});

describe('a function', () => {
  it.each([
    ['AzureWebJobs.f.Disabled', 'true', true],
    ['AzureWebJobs.f.Disabled', '1', true],
    ['AzureWebJobs_f_Disabled', 'True', true],
    ['AzureWebJobs.f.Disabled', 'false', false],
    ['AzureWebJobs.f.Disabled', '0', false],
    ['AzureWebJobs.g.Disabled', 'true', false],
  ])('with %s=%s is disabled: %s', (name, value, expected) => {
    expect(isDisabled('f', { [name]: value })).toBe(expected);
  });
});
