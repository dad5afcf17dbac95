/** Reads the parameters of a deployment in the forms in which tools write them. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UsageError } from '../frame/failures.ts';

/** `az bicep build-params --stdout` wraps the file that it would write into a member of another. */
const Wrapped = z.object({ parametersJson: z.string() });
/** https://learn.microsoft.com/azure/azure-resource-manager/templates/parameter-files */
const ParametersFile = z.object({ parameters: z.record(z.string(), z.object({ value: z.unknown() })) });

/** The values by name. Fails with UsageError when the file cannot be read, or is of no form that is known. */
export async function readParameters(path: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new UsageError(`The file ${path} cannot be read.`, 'Name the JSON file of the parameters.');
  }
  const outer = json(text);
  const wrapped = Wrapped.safeParse(outer);
  const parsed = ParametersFile.safeParse(wrapped.success ? json(wrapped.data.parametersJson) : outer);
  if (!parsed.success) {
    throw new UsageError(
      `The file ${path} holds no parameters of a deployment.`,
      'Make it with: az bicep build-params --file infra/main.bicepparam --stdout',
    );
  }
  return Object.fromEntries(Object.entries(parsed.data.parameters).map(([name, { value }]) => [name, value]));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
