/** An HSM whose entry in the settings is not valid: it stays one of the fleet, and says so to whoever asks for it. */
import { WardenError } from '../core/errors.ts';
import type { KeyService } from '../core/ports.ts';

/** The failure of whatever is asked of HSM `hsm`. `fault`: what is wrong with its entry, a sentence without its full stop. */
export function unusable(hsm: string, fault: string): WardenError {
  return new WardenError('hsm-settings-invalid', {
    message: `HSM ${hsm} cannot be used, for its settings are wrong: ${fault}.`,
    advice: 'Correct WARDEN_HSMS and restart the apps; the other HSMs go on.',
    hsm,
    reason: 'settings',
  });
}

/** A {@link KeyService} that contacts nobody: every call fails with `hsm-settings-invalid`. */
export class UnusableKeys implements KeyService {
  readonly hsm: string;
  readonly #fault: string;

  constructor(hsm: string, fault: string) {
    this.hsm = hsm;
    this.#fault = fault;
  }

  listKeys = () => this.#fail();
  listDeletedKeys = () => this.#fail();
  listVersions = () => this.#fail();
  getKey = () => this.#fail();
  getDeletedKey = () => this.#fail();
  backupKey = () => this.#fail();
  restoreKey = () => this.#fail();
  recoverKey = () => this.#fail();

  async #fail(): Promise<never> {
    throw unusable(this.hsm, this.#fault);
  }
}
