/** Makes the text of docs/configuration.md from the settings themselves. */
import type { SettingsTable } from '../src/core/settings/setting.ts';
import { SETTINGS } from '../src/platform/config/product-settings.ts';

const HEAD = `# Configuration

Everything is set by environment variables (application settings of the function app), read once at the start. With a bad
setting an app does nothing but say so: one line of level error in its log lists all problems together (the setting, what was
found, what is expected), and \`GET /api/health\` answers 503 with their number. To people with a role it shows the list, where
the \`WARDEN_AUTH_…\` settings are valid.
An unknown \`WARDEN_…\` name is a problem too, so that a misspelt setting is not a silent default. To see it:

    WARDEN_PACE=11 WARDEN_TYPO=1 npx node -e "import('./functions/main.ts')"

This page is made from the manifests of the features (\`src/features/*\`) and \`src/platform/config/settings.ts\` by \`npm run docs\`; a test fails when the two differ.

| setting | meaning | expected | default |
|---|---|---|---|
`;

const TAIL = `
## Schedules

Six fields, \`{second} {minute} {hour} {day} {month} {day of week}\`, in UTC, read as the Functions host reads them
([NCrontab](https://github.com/atifaziz/NCrontab)): numbers, \`*\`, ranges, lists, steps (\`*/15\`, \`0/15\`) and English
names of months and days. Sunday is 0. Day and day of week must both match: \`0 0 2 1 * 1\` fires on the first of a month
only if that is a Monday. \`L\`, \`W\`, \`#\`, \`?\` and weekday 7 do not exist; a day that never comes (30 February) is refused.
The host also takes five fields and time spans (\`00:15:00\`). Both are refused here: five fields are too easily mistaken for
six, and a time span works on App Service plans only and starts again with each start of the host. To check one:

    WARDEN_SCHEDULE='0 0 2 * * 7' npx node -e "import('./functions/main.ts')"

A timer that was due while the app was away fires once when it starts, not once for each time that it missed.

## Settings of the Functions host

The queue triggers listen on the connection \`AzureWebJobsStorage\`. In Azure it is identity-based:
\`AzureWebJobsStorage__queueServiceUri\`, \`AzureWebJobsStorage__blobServiceUri\`, \`AzureWebJobsStorage__credential\` =
\`managedidentity\` and \`AzureWebJobsStorage__clientId\`. It must name the account of \`WARDEN_QUEUE_URL\`.

\`host.json\` sets how queues are worked: a message that fails comes back after five minutes, five times in all, and then ends in
\`{queue}-poison\`. A worker's death counts too: a sweep that finds its predecessor dead after something was saved therefore sends
a new message in place of its own, and \`runReconcile\` continues, every five minutes, runs that stand still, and logs what lies
in the poison queues. \`hsm-warden queue list\` shows it, \`hsm-warden queue retry\` sends it again. \`functionTimeout\` must stay well above \`WARDEN_BUDGET_SECONDS\`.

## Under the official host on your machine

With Azurite on its usual ports and an emulated HSM:

    npm run --silent emulator -- --port 8443 --json   # prints {"url","caFile","token",…}; put the token into a file
    npm run build

\`local.settings.json\` beside \`host.json\` (it is ignored by git):

    {
      "IsEncrypted": false,
      "Values": {
        "FUNCTIONS_WORKER_RUNTIME": "node",
        "AzureWebJobsStorage": "UseDevelopmentStorage=true",
        "WARDEN_STORAGE_CONNECTION": "UseDevelopmentStorage=true",
        "WARDEN_HSMS": "contoso=https://127.0.0.1:8443",
        "WARDEN_CREDENTIAL": "token-file",
        "WARDEN_TOKEN_FILE": "<path of the token>",
        "WARDEN_CA_FILE": "<caFile>"
      }
    }

On loopback the app makes its containers and queues itself; in Azure the deployment does.
`;

/** The whole page. */
export function configurationPage(): string {
  const table: SettingsTable = SETTINGS;
  const rows = Object.entries(table).map(([name, setting]) => {
    const unset = setting.default === undefined ? setting.otherwise : `\`${setting.default}\``;
    const cells = [`\`${name}\``, setting.description, setting.expected, unset ?? 'none; it must be set'];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return `${HEAD}${rows.join('\n')}\n${TAIL}`;
}
