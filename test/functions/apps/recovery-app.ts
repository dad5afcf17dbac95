/** The recovery app as deployed, over whatever a test has put together. */
import { app } from '@azure/functions';
import { registerOpenApi } from '../../../functions/http/openapi.ts';
import { registerRoutes } from '../../../functions/http/register.ts';
import { registerTriggers } from '../../../functions/register.ts';
import { RECOVERY } from '../../../src/features/recovery/manifest.ts';
import { bindApp } from '../../../src/platform/app.ts';
import { API_ROUTES } from '../../../src/platform/features.ts';
import { slot } from './slot.ts';

app.setup({ enableHttpStream: true });
registerTriggers(bindApp([RECOVERY], {}, async (log) => slot.appFor(log), new AbortController()));
registerRoutes(API_ROUTES, (context) => slot.appFor(context));
registerOpenApi();
