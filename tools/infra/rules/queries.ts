/** What each query asks: it fires for every sample that it must fire for, looks far enough back, and leaves no gap. */

import { readFileSync } from 'node:fs';
import { ALERTS } from '../alerts/catalogue.ts';
import { diagnosticsOf } from '../alerts/kql-check.ts';
import { answersWithLogRows, filled, trySamples } from '../alerts/try-samples.ts';
import type { Facts } from '../facts.ts';
import type { DeploymentPromise } from '../promise.ts';
import { ofType, property, type Resource, text } from '../snapshot.ts';
import { minutesIn } from './durations.ts';

/** A second look-back of a query: of what it compares with. */
const ALSO_LOOKS: ReadonlySet<string> = new Set([
  'key-brought-back-unapproved 180',
  'audit-height-falls 15',
  // Whether an HSM is watched for that long.
  'audit-feed-silent 240',
  'audit-log-missing 240',
  'drill-log-missing 240',
  'storage-log-missing 240',
  'no-completed-run 2880',
  'verification-missing 2880',
  // What is overdue.
  'no-drill 120',
  // The tests of a day, and what is late.
  'channel-silent 1620',
  // What is late.
  'notifications-wait 25',
]);

/**
 * Logs may arrive this late, those of resources above all, which take 3 to 10 minutes:
 * https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time#azure-metrics-resource-logs-activity-log
 */
const INGESTION_MINUTES = 10;

export function checkQueries(facts: Facts): readonly string[] {
  const { snapshot, names, promise } = facts;
  return Object.entries(ALERTS).flatMap(([name, alert]) => {
    const rule = ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules').find(
      (one) => one.name === `alert-${name}-${names.suffix}`,
    );
    // Where the deployment says how late a run may be, the query says the same.
    const lookBack =
      alert.lookBackMinutes === 27 * 60 ? (24 + promise.graceHours) * 60 : alert.lookBackMinutes;
    return rule === undefined ? [] : judgeQuery(name, rule, lookBack, valuesOf(facts));
  });
}

/**
 * What is wrong with the query of one rule, a sentence each: it must be that of infra/queries, with `values` for what stands in braces
 * there, and that one must do what its samples say.
 */
export function judgeQuery(
  name: string,
  rule: Resource,
  lookBack: number,
  values: Readonly<Record<string, string>>,
): readonly string[] {
  const criteria = property(rule, 'criteria', 'allOf');
  const [only] = Array.isArray(criteria) ? criteria : [];
  const query =
    only !== null && typeof only === 'object' && !Array.isArray(only) && typeof only?.query === 'string'
      ? only.query
      : '';
  const every = minutesIn(text(rule, 'evaluationFrequency'));
  const range = minutesIn(text(rule, 'overrideQueryTimeRange'));
  const window = minutesIn(text(rule, 'windowSize'));
  const back = lookBacks(query);
  const written = readFileSync(`infra/queries/${name}.kql`, 'utf8');
  // Only answers of the time of the window count, and a row of the log keeps its own time, however late it arrives.
  const reach = answersWithLogRows(name, written) ? lookBack : every;
  const complain = (problem: string) => `queries: ${name}: ${problem}`;
  return [
    ...trySamples(name, written).map(complain),
    ...(query === filled(written, values)
      ? []
      : [complain(`asks another question than infra/queries/${name}.kql`)]),
    ...diagnosticsOf(query).map(complain),
    ...(query.includes('union isfuzzy=true') ? [] : [complain('fails while a table is not there yet')]),
    ...back
      .filter((minutes) => minutes !== lookBack && !ALSO_LOOKS.has(`${name} ${minutes}`))
      .map((minutes) => complain(`looks ${minutes} minutes back, not ${lookBack}`)),
    ...(back.length === 0 ? [complain('has no look-back')] : []),
    ...(lookBack < every + INGESTION_MINUTES
      ? [complain(`is asked every ${every} minutes, which leaves gaps`)]
      : []),
    ...(range < Math.max(lookBack, ...back) ? [complain(`is cut to ${range} minutes`)] : []),
    ...(range > 2 * 1440 || window > range ? [complain('has a window that Azure Monitor refuses')] : []),
    ...(window < reach ? [complain(`has a window of ${window} minutes, and answers of ${reach} count`)] : []),
  ];
}

/** What the deployment fills in. */
function valuesOf({ promise, identity, names }: Facts): Readonly<Record<string, string>> {
  const quoted = (texts: readonly string[]) => texts.map((text) => `'${text}'`).join(', ');
  const namesOf = (hsms: DeploymentPromise['hsms']) => JSON.stringify(hsms.map(({ name }) => name));
  const { hsms, drills, auditToWorkspace, graceHours } = promise;
  return {
    hsms: namesOf(hsms),
    // The hub takes the log of HSMs of its region only; that of the others goes to the workspace.
    fedHsms: namesOf(hsms.filter(({ sameRegion }) => sameRegion)),
    loggedHsms: namesOf(hsms.filter(({ sameRegion }) => auditToWorkspace || !sameRegion)),
    ownHsms: quoted(hsms.map(({ name }) => name.toLowerCase())),
    sweepHours: String(24 + graceHours),
    // The drill app writes nothing into the storage of the backups: for the rule about it, it is anybody.
    principals: quoted([identity('backup').principal, identity('recovery').principal]),
    recovery: quoted([identity('recovery').principal]),
    backupsAccount: quoted([names.backups]),
    queueAccount: quoted([names.host.backup]),
    drill: quoted([identity('drill').principal]),
    drillHsms: quoted(drills.map(({ name }) => name)),
    drillNames: namesOf(drills),
  };
}

function lookBacks(query: string): readonly number[] {
  const unit = { m: 1, h: 60, d: 1440 };
  return [...withoutComments(query).matchAll(/\bago\((\d+)([mhd])\)/g)].map(
    ([, count, of]) => Number(count) * (of === 'h' ? unit.h : of === 'd' ? unit.d : unit.m),
  );
}

function withoutComments(query: string): string {
  return query.replaceAll(/^\s*\/\/.*$/gm, '');
}
