/** A fixture app with the hooks of start and end. */
import { app, InvocationContext } from '@azure/functions';
import { scripted } from './script.ts';

app.hook.appStart(async () => {
  await scripted('start')(undefined, new InvocationContext());
});
app.hook.appTerminate(async () => {
  await scripted('terminate')(undefined, new InvocationContext());
});
app.eventHub('slow', { eventHubName: 'e', connection: 'E', cardinality: 'one', handler: scripted('slow') });
