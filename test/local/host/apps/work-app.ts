/** A fixture app of timer, queue and event functions. */
import { app, InvocationContext } from '@azure/functions';
import { acts, scripted } from './script.ts';

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
app.hook.appTerminate(async () => {
  await acts.get('terminate')?.(undefined, new InvocationContext());
});
