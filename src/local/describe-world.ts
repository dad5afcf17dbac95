/** Writes down for `hsm-warden … --emulator` where everything of a local world is. */
import { z } from 'zod';
import { ADMINISTRATOR_ID } from '../emulator/options.ts';
import type { Apps } from './start-apps.ts';
import { resourceOf } from './world/app-settings.ts';
import type { World } from './world/start-world.ts';
import { writeWorldFile } from './world/world-file.ts';

/** The command line's token stays good while the clocks are moved ahead by months. */
const OPERATOR_TOKEN_SECONDS = 400 * 86_400;
const TokenAnswer = z.object({ access_token: z.string() });

/** Writes the world's file into `folder`, with the addresses and a token of the administrator. */
export async function describeWorld(
  { hsms, drill, caFile, azurite, issuer, seals, settings, searched }: World,
  { recovery, masterKey }: Apps,
  folder: string,
): Promise<void> {
  const [first] = hsms;
  if (first === undefined) return;
  const token = await first.issueToken({
    objectId: ADMINISTRATOR_ID,
    lifetimeSeconds: OPERATOR_TOKEN_SECONDS,
  });
  const storageToken = await storageTokenOf(settings);
  const { blobUrl, queueUrl } = azurite;
  const topicUrl = settings.WARDEN_TOPIC_URL;
  const channels = settings.WARDEN_NOTIFY_CHANNELS;
  const urls = { blobUrl, queueUrl, recoveryUrl: recovery.url, issuerUrl: issuer.url, topicUrl, channels };
  const named = hsms.map((hsm) => ({ name: hsm.name, url: hsm.url, resource: resourceOf(hsm) }));
  const drillHsm = { name: drill.name, url: drill.url, resource: drill.resource.id };
  await writeWorldFile(folder, {
    hsms: named,
    drillHsm,
    caFile,
    ...urls,
    seals,
    ...(searched !== undefined && {
      discovery: {
        scopes: searched.settings.WARDEN_DISCOVERY_SCOPES,
        url: searched.settings.WARDEN_DISCOVERY_URL,
      },
    }),
    token,
    storageToken,
    masterKey,
  });
}

/** Azurite goes by the real time, and so do the tokens of the app's identity; those of the HSMs go by theirs. */
async function storageTokenOf({
  IDENTITY_ENDPOINT,
  IDENTITY_HEADER = '',
}: World['settings']): Promise<string> {
  const query = new URLSearchParams({ resource: 'https://storage.azure.com', 'api-version': '2019-08-01' });
  const headers = { 'x-identity-header': IDENTITY_HEADER };
  const answer = await fetch(`${IDENTITY_ENDPOINT}?${query}`, { headers });
  return TokenAnswer.parse(await answer.json()).access_token;
}
