/** A fixture app of timer, queue and event functions. */
import { app, output } from '@azure/functions';
import { scripted } from './script.ts';

const results = output.storageQueue({ queueName: '%RESULT_QUEUE%', connection: 'Storage' });

app.timer('nightly', { schedule: '%NIGHTLY%', handler: scripted('nightly') });
app.storageQueue('worker', {
  queueName: '%WORK_QUEUE%',
  connection: 'Storage',
  return: results,
  handler: scripted('worker'),
});
app.eventHub('audit', {
  eventHubName: 'audit',
  connection: 'Events',
  cardinality: 'many',
  handler: scripted('audit'),
});
