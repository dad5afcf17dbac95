/** An app with a route of its own and, where a test has put them there, the pages of the console. */
import { registerOpenApi } from '../../../functions/http/openapi.ts';
import { registerPages } from '../../../functions/http/pages.ts';
import { pagesSlot } from './pages-slot.ts';

registerOpenApi();
registerPages(pagesSlot.pages);
