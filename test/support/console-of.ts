/** The console over the parts of a test's world. */
import { Console, type ConsoleDeps } from '../../src/features/console/console.ts';

/** A console of the HSMs that the tests of the recovery have; `change` replaces parts. */
export function consoleOf(
  parts: Pick<ConsoleDeps, 'store' | 'backups' | 'auditStore' | 'anchor' | 'clock'>,
  change: Partial<ConsoleDeps> = {},
): Console {
  const hsms = ['contoso', 'contoso-dr', 'fabrikam'].map((name) => {
    const url = `https://${name}.managedhsm.azure.net`;
    return { name, url, resource: url };
  });
  return new Console({
    ...parts,
    seals: undefined,
    decisions: undefined,
    channels: [],
    nights: { schedule: '0 0 2 * * *', graceMs: 7_200_000 },
    hsms,
    drillDays: 30,
    signIn: {
      authority: 'https://login.test/tenant',
      knownAuthorities: ['login.test'],
      protocolMode: 'OIDC',
      clientId: 'console',
      scope: 'api://console/access_as_user',
      local: false,
      approvalSignInMinutes: 15,
    },
    settings: {
      hsms,
      settings: [],
      policy: { approvals: 2, groups: [], hours: 24, rules: [] },
      signIn: { approvalMinutes: 15, contexts: {} },
      seals: false,
    },
    ...change,
  });
}
