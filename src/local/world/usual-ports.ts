/** The ports of a local world where they are free: one place, so that no two things want the same one. */

/** Where people expect them: Azurite's own defaults, the alternative port of https, and beside the Functions host. */
export const WORLD_PORTS = {
  contoso: 8443,
  fabrikam: 8444,
  drill: 8445,
  blob: 10_000,
  queue: 10_001,
  topic: 7073,
  issuer: 7074,
  messages: 7075,
  login: 7076,
} as const;

/** Those of the apps. */
export const APP_PORTS = { backup: 7071, recovery: 7072, drill: 7077 } as const;
