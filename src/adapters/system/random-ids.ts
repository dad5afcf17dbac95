/** Identifiers that nobody can guess. */
import { randomBytes } from 'node:crypto';
import type { Ids } from '../../features/recovery/model/ports.ts';

const LENGTH = 26;

/** 26 letters and digits with 128 bits of chance in them. */
export const randomIds: Ids = {
  next() {
    return BigInt(`0x${randomBytes(16).toString('hex')}`)
      .toString(36)
      .padStart(LENGTH, '0');
  },
};
