/** How many histories are played: as many as `npm test` has time for, or that times the factor in `WARDEN_TEST_HISTORIES`. */

/** `usual` times the factor of the environment, which may be less than 1. */
export function runsOf(usual: number): number {
  return Math.ceil(usual * (Number(process.env.WARDEN_TEST_HISTORIES ?? 1) || 1));
}
