/** `npm run docs`: writes the pages that are made from the code. */
import { readFile, writeFile } from 'node:fs/promises';
import { alertsPage } from './alerts-doc.ts';
import { apiPage } from './api-doc.ts';
import { azPage } from './az-doc.ts';
import { cliPage } from './cli-doc.ts';
import { configurationPage } from './configuration-doc.ts';
import { writePictures } from './pictures.ts';
// Writes the schemas of the events.
import './event-schemas.ts';

await writeFile('docs/configuration.md', configurationPage());
await writeFile('docs/cli.md', cliPage());
await writeFile('docs/az.md', azPage());
await writeFile('docs/api.md', apiPage(await readFile('docs/api.md', 'utf8')));
await writeFile('docs/alerts.md', alertsPage());
writePictures();
