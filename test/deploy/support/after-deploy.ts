/** What a deployment says of itself after it, and the roles that its hook finds and changes. */
import type { Rule } from './fake-tool.ts';

export const BACKUP = '33333333-3333-4333-8333-333333333333';
export const RECOVERY = '44444444-4444-4444-8444-444444444444';
/** The outputs of a deployment of two HSMs, one of them new. */
export const OUTPUTS = {
  HSM_WARDEN_HSMS: JSON.stringify([{ name: 'contoso', pace: 5 }, { name: 'new' }]),
  HSM_WARDEN_BACKUP_PRINCIPAL: BACKUP,
  HSM_WARDEN_RECOVERY_PRINCIPAL: RECOVERY,
} as const;
/** How every call about roles begins, as a pattern. */
export const ROLES = '^npm run --silent warden -- roles';
/** Roles that are in place once they were applied. */
export const EMPTY: readonly Rule[] = [
  { call: `${ROLES} check --hsm-name contoso$`, when: 'applied', stdout: '' },
  { call: `${ROLES} check`, unless: 'applied', code: 1 },
  { call: `${ROLES} check`, stdout: '' },
  { call: `${ROLES} apply`, sets: 'applied', copies: true },
];

/** The calls that change roles. */
export function applied(calls: readonly string[]): readonly string[] {
  return calls.filter((call) => call.includes(' roles apply '));
}
