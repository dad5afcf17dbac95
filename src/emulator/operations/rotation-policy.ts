// Rotation policy: `GET` and `PUT /keys/{name}/rotationpolicy`. Its id is relative, unlike a vault's.
import { z } from 'zod';
import { unproven } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import type { RotationPolicy } from '../state/model.ts';
import { addDuration } from './duration.ts';
import { activeKey } from './key-lookup.ts';
import { parseBody } from './key-request.ts';

/**
 * Expiry and rotation no sooner than after 28 days.
 * Source: https://learn.microsoft.com/en-us/azure/key-vault/managed-hsm/key-rotation
 */
const MIN_DAYS = 28;
const SECONDS_A_DAY = 86_400;

const Trigger = z.looseObject({
  timeAfterCreate: z.string().nullish(),
  timeBeforeExpiry: z.string().nullish(),
});
const LifetimeAction = z.looseObject({
  action: z.looseObject({ type: z.string() }).optional(),
  trigger: Trigger.optional(),
});
const PolicyBody = z.object({
  attributes: z.object({ expiryTime: z.string().nullish() }).nullish(),
  lifetimeActions: z.array(LifetimeAction).nullish(),
});

/** What a key without a policy has: recorded zeros, no default action. */
const NO_POLICY = { attributes: { created: 0, expiryTime: '', updated: 0 }, id: '' } as const;

export const getRotationPolicy: Operation = {
  name: 'getKeyRotationPolicy',
  method: 'GET',
  paths: ['/keys/{name}/rotationpolicy'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/read/action',
  scope: 'key',
  audit: 'KeyRotationPolicyGet',
  limit: 'get',
  latency: 'getKey',
  handle(request, state, context) {
    const key = activeKey(request, state, context);
    return { status: 200, body: key.rotationPolicy ? policyBody(key.name, key.rotationPolicy) : NO_POLICY };
  },
};

export const setRotationPolicy: Operation = {
  name: 'updateKeyRotationPolicy',
  method: 'PUT',
  paths: ['/keys/{name}/rotationpolicy'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/write/action',
  scope: 'key',
  audit: 'KeyRotationPolicySet',
  limit: 'none',
  latency: 'updateKey',
  handle(request, state, context) {
    const key = activeKey(request, state, context);
    const { attributes, lifetimeActions } = parseBody(PolicyBody, request.body);
    const expiryTime = attributes?.expiryTime ?? '';
    // Documented: a blank policy takes the policy away. What is answered then was not recorded.
    if (expiryTime === '' && !lifetimeActions?.length) {
      const { rotationPolicy: _, ...rest } = key;
      return { status: 200, body: NO_POLICY, changes: [{ type: 'putKey', key: rest }] };
    }
    if (expiryTime !== '') checkDuration('expiryTime', expiryTime, MIN_DAYS);
    for (const action of lifetimeActions ?? []) checkAction(action, expiryTime);
    const now = context.now();
    const rotationPolicy: RotationPolicy = {
      created: key.rotationPolicy?.created ?? now,
      updated: now,
      expiryTime,
      ...(lifetimeActions?.length && { lifetimeActions }),
    };
    return {
      status: 200,
      body: policyBody(key.name, rotationPolicy),
      changes: [{ type: 'putKey', key: { ...key, rotationPolicy } }],
    };
  },
};

function policyBody(name: string, { created, expiryTime, lifetimeActions, updated }: RotationPolicy): object {
  return {
    attributes: { created, expiryTime, updated },
    id: `keys/${name}/rotationpolicy`,
    ...(lifetimeActions && { lifetimeActions }),
  };
}

function checkAction({ action, trigger }: z.infer<typeof LifetimeAction>, expiryTime: string): void {
  if (action?.type.toLowerCase() !== 'rotate') {
    throw unproven('badRotationPolicy', { detail: `action ${action?.type ?? ''} is not supported` });
  }
  if (trigger?.timeAfterCreate != null) checkDuration('timeAfterCreate', trigger.timeAfterCreate, MIN_DAYS);
  if (trigger?.timeBeforeExpiry == null) return;
  checkDuration('timeBeforeExpiry', trigger.timeBeforeExpiry, 0);
  const expiry = addDuration(0, expiryTime);
  // No more often than every 28 days: an expiry of 56 days leaves at most 28 before it.
  const rest = expiry === undefined ? undefined : addDuration(expiry, trigger.timeBeforeExpiry, -1);
  if (rest !== undefined && rest < MIN_DAYS * SECONDS_A_DAY) {
    throw unproven('badRotationPolicy', { detail: `timeBeforeExpiry ${trigger.timeBeforeExpiry}` });
  }
}

function checkDuration(member: string, duration: string, minDays: number): void {
  const seconds = addDuration(0, duration);
  if (seconds === undefined || seconds < minDays * SECONDS_A_DAY) {
    throw unproven('badRotationPolicy', { detail: `${member} ${duration}` });
  }
}
