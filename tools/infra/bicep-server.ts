/** One running Bicep compiler, asked over JSON-RPC: a question then takes a second instead of ten. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { z } from 'zod';
import { type Cloud, PUBLIC_CLOUD } from './clouds.ts';
import { evaluated } from './evaluated.ts';
import { type JsonValue, Snapshot } from './snapshot.ts';

/** Where the snapshots pretend to deploy. */
const DEPLOYMENT = {
  tenantId: '00000000-0000-0000-0000-0000000000ff',
  location: 'westeurope',
  deploymentName: 'main',
};
const PLACES = {
  'resource group': {
    ...DEPLOYMENT,
    subscriptionId: '00000000-0000-0000-0000-000000000001',
    resourceGroup: 'rg-warden',
  },
  'management group': { ...DEPLOYMENT, managementGroupId: 'mg-hsms' },
};

const Json = z.json();
const SnapshotAnswer = z.object({ snapshot: z.string() });
const CompileAnswer = z.object({
  success: z.boolean(),
  contents: z.string().nullable(),
  diagnostics: z.array(Json),
});

/** What a deployment would make. */
interface Prediction {
  readonly text: string;
  readonly snapshot: Snapshot;
  readonly inCloud: (cloud: Cloud) => Snapshot;
}

/** A running compiler. */
export interface BicepServer {
  /**
   * What deploying the parameter file would make: as text, with the expressions that the compiler leaves open, and read,
   * with them evaluated for the public cloud, and for others. Rejects with the compiler's complaint.
   */
  snapshot(parametersFile: string, scope?: keyof typeof PLACES): Promise<Prediction>;
  /** The template that the file compiles to. Rejects with the compiler's complaint. */
  compile(file: string): Promise<JsonValue>;
  stop(): Promise<void>;
}

/** Starts the compiler at `path`. */
export function startBicepServer(path: string): BicepServer {
  const child = spawn(path, ['jsonrpc', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.listen();
  return {
    snapshot: async (parametersFile, scope = 'resource group') => {
      const answer = await connection.sendRequest('bicep/getSnapshot', {
        path: parametersFile,
        metadata: PLACES[scope],
      });
      const snapshot = Snapshot.parse(JSON.parse(SnapshotAnswer.parse(answer).snapshot));
      // The compiler gives the outputs in an order of chance.
      const outputs = Object.fromEntries(
        Object.entries(snapshot.outputs).sort(([left], [right]) => (left < right ? -1 : 1)),
      );
      return {
        text: `${JSON.stringify({ ...snapshot, outputs }, null, 2)}\n`,
        snapshot: evaluated(snapshot, PUBLIC_CLOUD),
        inCloud: (cloud) => evaluated(snapshot, cloud),
      };
    },
    compile: async (path) => {
      const answer = CompileAnswer.parse(await connection.sendRequest('bicep/compile', { path }));
      if (answer.success && answer.contents !== null) return Json.parse(JSON.parse(answer.contents));
      throw new Error(`${path} does not compile: ${JSON.stringify(answer.diagnostics)}`);
    },
    stop: async () => {
      connection.dispose();
      await ended(child);
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}
