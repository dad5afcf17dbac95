/** A message as an event of PagerDuty's Events API v2: https://developer.pagerduty.com/docs/send-alert-event */
import { type Message, short } from '../../../features/notify/model/message.ts';
import { factText, keyText, utc } from './words.ts';

const SEVERITIES = {
  info: 'info',
  notice: 'info',
  warning: 'warning',
  high: 'error',
  critical: 'critical',
} as const satisfies Record<Message['severity'], string>;

/** Characters of a summary. */
const LONGEST_SUMMARY = 1024;

/** The path and the body, without the routing key. A test is a change event, for which nobody is called. */
export function toPagerDuty(message: Message) {
  const { thread, kind, title, severity, at, link, reference } = message;
  const links = link === undefined ? [] : [{ href: link, text: 'Open in HSM Warden' }];
  const payload = {
    summary: short(kind === 'new' ? title : `${title} (${reference})`, LONGEST_SUMMARY),
    source: 'hsm-warden',
    timestamp: new Date(at).toISOString(),
  };
  if (kind === 'test') return { path: '/v2/change/enqueue', body: { payload, links } } as const;
  const dedup_key = `hsm-warden/${thread}`;
  if (kind === 'resolved')
    return { path: '/v2/enqueue', body: { event_action: 'resolve', dedup_key } } as const;
  return {
    path: '/v2/enqueue',
    body: {
      event_action: 'trigger',
      dedup_key,
      payload: { ...payload, severity: SEVERITIES[severity], custom_details: detailsOf(message) },
      links,
    },
  } as const;
}

function detailsOf({ reference, lines, facts, keys, moreKeys, todo, turn, until }: Message) {
  return {
    reference,
    what: lines,
    ...Object.fromEntries(facts.map((fact) => [fact.label, factText(fact, utc)])),
    ...(keys.length === 0 ? {} : { keys: keys.map((line) => `${line.key} (${keyText(line, utc)})`) }),
    ...(moreKeys === 0 ? {} : { 'more keys': moreKeys }),
    ...(until === undefined ? {} : { until: utc(until) }),
    'to do': todo,
    'whose turn': turn,
  };
}
