/** The drill app's entry point, with an identity of its own: reads the settings once, composes, registers. It has no route. */
import { app } from '@azure/functions';
import { composeDrillApp } from '../src/platform/drill-app.ts';
import { registerTriggers } from './register.ts';
import { startApp } from './start.ts';

startApp((config) => {
  const drill = composeDrillApp(config);
  registerTriggers(drill);
  app.hook.appTerminate(() => drill.stop());
});
