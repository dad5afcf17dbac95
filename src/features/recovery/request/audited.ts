/** Refusals are in the audit log before anybody hears of them. */
import { isWardenError } from '../../../core/errors.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { Logger } from '../../../core/ports.ts';
import type { PublishDeps } from './publish-facts.ts';

/** What noting a refusal needs. */
export interface AuditedDeps extends Pick<PublishDeps, 'audit'> {
  readonly logger: Logger;
}

/** Does `work` for `actor`; notes a refusal in the audit log before it is thrown. What may pass is no refusal. */
export async function audited<T>(
  { audit, logger }: AuditedDeps,
  actor: Actor,
  about: { readonly recoveryId?: string; readonly hsm?: string; readonly key?: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isWardenError(error) && !error.transient) {
      const { code, message } = error;
      await audit
        .note({ event: 'recovery-refused', actor, decision: 'refused', code, detail: message, ...about })
        .catch((second: unknown) =>
          logger.error('a refusal could not be audited', { code, ...about, error: second }),
        );
    }
    throw error;
  }
}
