/** `npm run docs`: writes the pages that are made from the code. */
import { writeFile } from 'node:fs/promises';
import { cliPage } from './cli-doc.ts';
import { configurationPage } from './configuration-doc.ts';

await writeFile('docs/configuration.md', configurationPage());
await writeFile('docs/cli.md', cliPage());
