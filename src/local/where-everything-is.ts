/** Says where the parts of the running world are, and what to try. */
import { join } from 'node:path';
import type { Apps } from './start-apps.ts';
import type { World } from './world/start-world.ts';
import { masterKeyFile } from './world/world-file.ts';

/** Where the command line expects the world, too. */
export const USUAL_WORLD = join('.warden', 'world');

/** The lines for a person. */
export function whereEverythingIs(world: World, apps: Apps, folder: string): string {
  const hsms = world.hsms.map(({ name, url }) => `  ${`HSM ${name}`.padEnd(14)} ${url}`);
  return [
    '',
    `Console: ${apps.recovery.url}/`,
    '  Sign in as alice (asks), bob or carol (approve), dave (audits). The browser asks once about the local certificate.',
    'Running. Ctrl-C ends everything; the next start finds it as it was.',
    ...hsms,
    `  ${`HSM ${world.drill.name}`.padEnd(14)} ${world.drill.url} (restore drills only)`,
    `  CA             ${world.caFile}`,
    `  token          ${world.tokenFile} (administrator of the HSMs)`,
    `  blobs          ${world.azurite.blobUrl}/key-backups`,
    `  events         ${world.topic.url}`,
    ...(world.receiver === undefined
      ? []
      : [`  messages       ${world.receiver.url} (also /messages, as JSON)`]),
    `  app            ${apps.backup.url}`,
    `  recovery       ${apps.recovery.url}/api`,
    `  people         ${world.issuer.url}/token?person=alice (also bob, carol, dave)`,
    `  kept in        ${folder}`,
    'Try:',
    `  curl -s --cacert ${world.caFile} -H "authorization: Bearer $(cat ${world.tokenFile})" "${world.hsms[0]?.url}/keys?api-version=7.4"`,
    `  curl -s -X POST -H "x-functions-key: $(cat ${masterKeyFile(folder)})" -H 'content-type: application/json' -d '{}' ${apps.backup.url}/admin/functions/nightlyBackup`,
    `  ${folder === USUAL_WORLD ? '' : `HSM_WARDEN_WORLD=${join(folder, 'local.json')} `}npm run -s warden -- status --emulator`,
    'Or bring a deleted key back with the right people: docs/recovery.md',
  ].join('\n');
}
