/** The drill app's entry point, with an identity of its own: reads the settings once, composes, registers. It has no route. */
import { app } from '@azure/functions';
import { readConfig } from '../src/platform/config/config.ts';
import { composeDrillApp } from '../src/platform/drill-app.ts';
import { registerTriggers } from './register.ts';
import { startApp } from './start.ts';

startApp(() => {
  const drill = composeDrillApp(readConfig(process.env));
  registerTriggers(drill);
  app.hook.appTerminate(() => drill.stop());
});
