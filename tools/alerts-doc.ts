/** docs/alerts.md: each promise, the rule that reports when it is broken, and samples of both kinds. */
import { readFileSync } from 'node:fs';
import { ALERTS } from './infra/alerts/catalogue.ts';
import { metricSample, reportedChanges } from './infra/alerts/platform-samples.ts';
import { DEAD_APP, PROMISES, type Promised } from './infra/alerts/promises.ts';
import type { Alert } from './infra/alerts/samples.ts';
import { PUBLIC_CLOUD } from './infra/clouds.ts';
import { evaluated } from './infra/evaluated.ts';
import { minutesIn } from './infra/rules/durations.ts';
import { ofType, type Resource, Snapshot, text } from './infra/snapshot.ts';

/** The whole page. */
export function alertsPage(): string {
  const snapshot = snapshotOf('defaults');
  const drill = snapshotOf('hardened');
  const seals = snapshotOf('sealing-vault');
  const madeBy = ({ madeBy: by }: Alert) => (by === undefined ? snapshot : { drill, seals }[by]);
  return `# Alerts

Made by \`npm run docs\` from the rules that are deployed and the samples that test them. All of them notify the action group of
the deployment (\`alertReceivers\`), none needs an app of ours to be alive, and state is reported again while it lasts. A rule about
something that should happen looks for its absence: it begins with the list of what must be there, and
[takes away](https://learn.microsoft.com/kusto/query/join-leftanti) what is. So it also fires when the app is dead or its log is
empty. Tables that nothing was ever written to do not stop a rule: a [union with \`isfuzzy=true\`](https://learn.microsoft.com/kusto/query/union-operator)
goes on without them, over an empty table of the same columns. A rule whose query fails for a week would be
[switched off](https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-troubleshoot-log#the-alert-rule-was-disabled) by the service.

A rule counts what its query answers with for its *window*, which is wider than the time between two looks: a row that comes ten minutes
late, as those of [resource logs may](https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time), is in one of them.
So one event can be reported two or three times, and none is missed.

A new mail receiver gets one message from Azure that it was added to the action group; some organisations ask it for a
one-time passcode first. Send a test from the portal (*Monitor → Alerts → Action groups → Test*) before you rely on it.

## Events, and the rules that report them

What [operations.md](operations.md) and [drills.md](drills.md) say of each event holds with the app dead, too: the last column names the rule that reports
that nobody is there to find it. Situations in which several rules must fire, or none, are in \`test/infra/truth-table.test.ts\` (apps and keys) and \`test/infra/truth-logs.test.ts\` (the services' logs); \`test/infra/promises.test.ts\` tries each row.

| Event | Reported by | While it lasts | With its app dead |
|---|---|---|---|
${Object.entries(PROMISES).map(eventRow).join('\n')}

## Rules over the logs

| Promise | Rule | Severity | Every | Window | Looks back |
|---|---|---|---|---|---|
${Object.entries(ALERTS)
  .map(
    ([name, alert]) =>
      `| ${alert.promise} | [${name}](#${name}) | ${alert.severity} | ${lasts(madeBy(alert), name, 'evaluationFrequency')} | ${lasts(madeBy(alert), name, 'windowSize')} | ${minutes(alert.lookBackMinutes)} |`,
  )
  .join('\n')}

\`key-brought-back-unapproved\` reads the audit log of the HSMs, which \`auditLogToWorkspace\` keeps in the workspace (the default;
[what it costs](deploy.md#cost)). It also reports what people noted as break glass, for it reads no notes. With
\`auditLogToWorkspace = false\` it is silent, and \`approval-forged\` alone reports such keys, as the backup app finds them in the Event Hub
(\`HsmWarden.KeyBroughtBackUnapproved\`, severity 0): while that app is dead \`no-heartbeat\` says so, the Event Hub keeps the records for
seven days (\`infra/modules/audit-hub.bicep\`), and what they say is reported when the app lives again. \`audit-feed-silent\` reports
that nothing comes from there.
\`key-removed\`, \`security-domain-touched\` and \`hsm-administered\` read the same log, and are silent without it; \`audit-log-missing\` reports
that it does not come although it is to. Microsoft publishes no list of the operations of a Managed HSM: what is no use of a key and no read by its name
is reported. Full backups are not: only the security domain opens them.
\`drill-hsm-used\`, \`drill-log-missing\` and \`no-drill\` are made with the drill app (\`infra/modules/drill-alerts.bicep\`), where a drill HSM is named. Its audit log goes to the workspace, too. \`seal-key-touched\` is made with the sealing vault (\`infra/sealing-vault.bicep\`), where that is given the
workspace and the action group.
Until the apps are deployed and have scanned for the first time, the rules over an absence say so, each as often as it is asked: between
\`azd provision\` and the first scan nobody watches. The first night is waited for.
The tables and their columns are in \`tools/infra/alerts/tables.ts\`, each from
[its page](https://learn.microsoft.com/azure/azure-monitor/reference/tables-index).

## Rules over metrics

| Promise | Rule | Severity | Every | Window | Fires at | Silent at |
|---|---|---|---|---|---|---|
${ofType(snapshot, 'Microsoft.Insights/metricAlerts').map(metricRow).join('\n')}

## Rules over the activity log

Each reports an entry of the category Administrative and the status Succeeded as soon as it is there, which takes 3 to 20 minutes.
The same with the status Failed, or elsewhere, is silent.

| Promise | Rule | Fires at |
|---|---|---|
${ofType(snapshot, 'Microsoft.Insights/activityLogAlerts').map(changeRow).join('\n')}

The rules over the activity log also report your own deployments, once each. They watch the group of the deployment, that of
the backups, and every HSM of the same subscription: a rule hears of no other subscription. \`alert-changed-alerts\` watches the whole subscription,
for a processing rule anywhere in it may suppress what is in its scope; \`alert-changed-purges\` does, for what is deleted lies in no group.
An HSM elsewhere has three rules of its own beside it, in its resource group: \`alert-changed-hsm-NAME\`, \`alert-changed-hsm-deletion-NAME\` and
\`alert-changed-alerts-NAME\` (\`infra/modules/hsm-change-alert.bicep\`). Roles that
somebody gives at the subscription, or above it, are in no group and are not reported here: review them where your organisation does.
Azure Monitor gives every alert over the activity log the severity 4, whatever was done: go by the name.

**What mutes an alert mutes the report of it, too.** A processing rule that suppresses the notifications of the whole subscription, or
of the action group, also suppresses \`alert-changed-alerts\`: the alert is then among the fired alerts of the portal, and nobody is notified. The
[channels](notifications.md) of the product do not go through Azure Monitor and are not muted. Let few people hold
\`Microsoft.AlertsManagement/actionRules/write\`, and list what is there: \`az monitor alert-processing-rule list -o table\`.

${Object.entries(ALERTS)
  .map(([name, alert]) => section(name, alert, titleOf(madeBy(alert), name)))
  .join('\n')}`;
}

function snapshotOf(name: string): Snapshot {
  const stored = JSON.parse(readFileSync(`infra/tests/${name}.snapshot.json`, 'utf8'));
  return evaluated(Snapshot.parse(stored), PUBLIC_CLOUD);
}

function section(name: string, alert: Alert, title: string): string {
  return `### ${name}

*${title}.* ${alert.promise} Receiver: the action group of \`alertReceivers\`.

\`\`\`kusto
${readFileSync(`infra/queries/${name}.kql`, 'utf8').trim()}
\`\`\`

Fires, for \`${alert.fires.subject}\`, at ${rowsOf(alert.fires.rows)}

Silent at ${rowsOf(alert.silent)}
`;
}

function rowsOf(rows: Alert['silent']): string {
  const shown = Object.entries(rows).flatMap(([table, all]) =>
    all.map((row) => `${table} ${JSON.stringify(row)}`),
  );
  return `2026-11-24 12:00 UTC with:\n\n\`\`\`json\n${shown.join('\n')}\n\`\`\``;
}

function ruleOf(snapshot: Snapshot, name: string) {
  return ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules').find((rule) =>
    rule.name.startsWith(`alert-${name}-warden-`),
  );
}

function titleOf(snapshot: Snapshot, name: string): string {
  const rule = ruleOf(snapshot, name);
  return rule === undefined ? '' : text(rule, 'displayName');
}

function lasts(snapshot: Snapshot, name: string, property: 'evaluationFrequency' | 'windowSize'): string {
  const rule = ruleOf(snapshot, name);
  return rule === undefined ? '' : minutes(minutesIn(text(rule, property)));
}

function eventRow([type, { from, reported, lasting }]: [string, Promised]): string {
  const linked = (name: string) => `[${name}](#${name})`;
  const by = reported.map(
    ({ by: name, facts }) => `${linked(name)}${facts === undefined ? '' : ` (${factsIn(facts)})`}`,
  );
  const lasts = 'by' in lasting ? [lasting.by].flat().map(linked).join(', ') : lasting.none;
  return `| \`${type.replace('HsmWarden.', '')}\` | ${by.join(', ') || 'none'} | ${lasts} | ${linked(DEAD_APP[from])} |`;
}

function factsIn(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `\`${name}\` \`${String(value)}\``)
    .join(', ');
}

function metricRow(rule: Resource): string {
  const { measure, reported, silent } = metricSample(rule);
  const times = [text(rule, 'evaluationFrequency'), text(rule, 'windowSize')].map((one) =>
    minutes(minutesIn(one)),
  );
  return `| ${text(rule, 'description')} | ${shortName(rule)} | ${String(rule.properties?.severity)} | ${times.join(' | ')} | ${measure}: ${reported} | ${silent} |`;
}

function changeRow(rule: Resource): string {
  const operations = reportedChanges(rule).map(({ operationName }) => `\`${operationName}\``);
  return `| ${text(rule, 'description')} | ${shortName(rule)} | ${operations.join(', ')} |`;
}

function shortName({ name }: Resource): string {
  return `\`${name.replace(/-warden-[a-z0-9]{13}$/, '')}\``;
}

function minutes(count: number): string {
  return count % 60 === 0 ? `${count / 60} h` : `${count} min`;
}
