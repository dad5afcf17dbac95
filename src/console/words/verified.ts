/** What was proven of a key that came back. */
import { counted } from './count.ts';

/** The words, and whether every version was proven. */
export function verifiedInWords({
  versions,
  verified,
}: {
  readonly versions?: number;
  readonly verified?: number;
}): { readonly words: string; readonly isWhole: boolean } {
  if (versions === undefined || verified === undefined) {
    return { words: 'How many versions were verified is not known.', isWhole: false };
  }
  if (versions > 0 && verified >= versions) {
    return { words: `Verified: ${verified} of ${counted(versions, 'version')}.`, isWhole: true };
  }
  return {
    words: `Verified: ${verified} of ${counted(versions, 'version')}. The others could not be compared.`,
    isWhole: false,
  };
}
