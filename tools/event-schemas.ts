/** Writes the JSON Schemas of the events into docs/events. */
import { mkdir, writeFile } from 'node:fs/promises';
import { eventSchemas } from '../src/core/events/define-event.ts';
import { EVENTS } from '../src/platform/events.ts';

const folder = new URL('../docs/events/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, text] of eventSchemas(EVENTS)) await writeFile(new URL(name, folder), text);
