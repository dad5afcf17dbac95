/** `hsm-warden doctor`: checks everything the warden stands on, and says how to put right what is wrong. */
import { z } from 'zod';
import type { Config } from '../platform/config/config.ts';
import { problemLine } from '../platform/config/problems.ts';
import { CLOUDS } from './connect/clouds.ts';
import { keyServiceOn, openStore } from './connect/compose-cli.ts';
import {
  CONNECTION_OPTIONS,
  type Connection,
  ConnectionOptions,
  connect,
  requireConfig,
} from './connect/connection.ts';
import { chosenHsms, counted, HSM_CHOICE, HsmChoice } from './connect/warden-options.ts';
import { withKnownHsms } from './connect/with-added-hsms.ts';
import { attempt, type Finding, fail, ok } from './doctor/check.ts';
import { checkChannels, checkSecrets } from './doctor/check-channels.ts';
import { checkHsm } from './doctor/check-hsm.ts';
import { checkSeals } from './doctor/check-seals.ts';
import { checkStorage } from './doctor/check-storage.ts';
import { checkTopic } from './doctor/check-topic.ts';
import { showFindings } from './doctor/show-findings.ts';
import type { CliContext } from './frame/context.ts';
import { defineCommand } from './frame/define.ts';
import { explain } from './frame/failures.ts';

const READ_LOG = 'Give yourself the role Storage Blob Data Reader on the container of the audit log.';

const Schema = z.object({ ...HsmChoice, ...ConnectionOptions });

export const doctor = defineCommand({
  path: 'doctor',
  summary: 'Check settings, identity, HSMs, rights, storage, topic and clock, and say how to put each right',
  details: [
    "It looks with your own credential and changes nothing; to try the right to back up it takes one backup of one key and throws it away. The rights of the app's identities are checked by roles check. Exit code 1 when something has to be fixed; warnings do not count.",
  ],
  format: 'table',
  options: [HSM_CHOICE, ...CONNECTION_OPTIONS],
  examples: ['hsm-warden doctor', 'hsm-warden doctor --emulator -o json'],
  schema: Schema,
  async run(context, given) {
    const findings = await examine(context, given);
    const answer = showFindings(findings, context);
    return findings.some(isSignedOut) ? { ...answer, exit: 'signed-out' } : answer;
  },
});

async function examine(context: CliContext, given: z.output<typeof Schema>): Promise<readonly Finding[]> {
  let connection: Connection;
  let config: Config;
  try {
    connection = await connect(context, given);
    config = requireConfig(connection);
  } catch (error) {
    // Without settings there is nothing else to look at.
    const { message, advice } = explain(error);
    return [fail('settings', 'environment', message, advice ?? 'docs/configuration.md describes them.')];
  }
  const { clock, signal } = context;
  const findings: Finding[] = [
    ok(
      'settings',
      'environment',
      `${counted(config.hsms.length, 'HSM')}: ${config.hsms.map(({ name }) => name).join(', ')}`,
    ),
    ...config.faults.map((fault) =>
      fail('settings', fault.setting, problemLine(fault), `Correct ${fault.setting} and restart the apps.`),
    ),
    ...checkSecrets(config),
  ];
  const identity = await checkIdentity(connection);
  findings.push(...identity);
  // Nothing else answers whoever is not signed in.
  if (identity.some(isSignedOut)) return findings;
  const known = await withKnownHsms(connection, context, given);
  if (known.doubt !== undefined)
    findings.push(fail('HSMs that people added', config.auditContainer, known.doubt, READ_LOG));
  for (const { name, url, fault } of chosenHsms(requireConfig(known.connection), given.hsm)) {
    if (fault !== undefined) continue;
    const keys = keyServiceOn(connection, { hsm: name, url }, clock);
    const { minRetentionDays } = config.watch;
    findings.push(
      ...(await checkHsm({ keys, url, caPem: connection.caPem, clock, minRetentionDays, signal })),
    );
  }
  // The storage of a local world goes by the real time, however far its HSMs were moved ahead.
  const storageClock = { ...clock, now: () => clock.now() - connection.aheadMs };
  findings.push(...(await checkStorage(connection, config, storageClock)));
  const store = openStore(connection, config, context);
  findings.push(...(await checkSeals(store.seals, config.seals?.keyUrl, signal)));
  findings.push(await checkTopic(config.topicUrl, connection.caPem, signal));
  findings.push(...(await checkChannels(config, store, clock.now())));
  return findings;
}

function checkIdentity({ credential, cloud }: Connection): Promise<readonly Finding[]> {
  const scope = `https://${CLOUDS[cloud].suffix}/.default`;
  return attempt('identity', scope, `Run: ${CLOUDS[cloud].login}`, async () => {
    await credential.getToken(scope);
    return ok('identity', scope, 'a token was given');
  });
}

function isSignedOut({ check, result }: Finding): boolean {
  return check === 'identity' && result === 'fail';
}
