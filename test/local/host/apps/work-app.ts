/** A fixture app of timer, queue and event functions. */
import { app } from '@azure/functions';
import { scripted } from './script.ts';

app.timer('nightly', { schedule: '%NIGHTLY%', handler: scripted('nightly') });
app.storageQueue('worker', {
  queueName: '%WORK_QUEUE%',
  connection: 'Storage',
  handler: scripted('worker'),
});
app.eventHub('audit', {
  eventHubName: 'audit',
  connection: 'Events',
  cardinality: 'many',
  handler: scripted('audit'),
});
