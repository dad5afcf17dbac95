/** Checks names and types in a query with Microsoft's own language service, against the tables that a workspace has. */
import { createRequire } from 'node:module';
import { TABLES } from './tables.ts';

/** The little of the library that is used; it puts itself into the global scope. */
interface KustoLibrary {
  readonly Language: {
    readonly Symbols: {
      readonly TableSymbol: { From(schema: string): { WithName(name: string): object } };
      readonly DatabaseSymbol: { readonly ctor: new (name: string, members: readonly object[]) => object };
    };
    readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } };
    readonly KustoCode: {
      ParseAndAnalyze(
        text: string,
        globals: object,
      ): {
        GetDiagnostics(): {
          readonly Count: number;
          getItem(index: number): { readonly Code: string; readonly Message: string };
        };
      };
    };
  };
}

declare global {
  var Kusto: KustoLibrary;
}

const require = createRequire(import.meta.url);
const known = new Map<string, readonly string[]>();
let workspace: object | undefined;

/** Everything that the language service says of a query, a sentence each; nothing where it is in order. */
export function diagnosticsOf(query: string): readonly string[] {
  const before = known.get(query);
  if (before !== undefined) return before;
  workspace ??= loadedWorkspace();
  const list = globalThis.Kusto.Language.KustoCode.ParseAndAnalyze(query, workspace).GetDiagnostics();
  const found = Array.from({ length: list.Count }, (_none, index) => {
    const { Code, Message } = list.getItem(index);
    return `${Code} ${Message}`;
  });
  known.set(query, found);
  return found;
}

function loadedWorkspace(): object {
  require('@kusto/language-service-next/bridge.js');
  require('@kusto/language-service-next');
  const { Symbols, GlobalState } = globalThis.Kusto.Language;
  const tables = Object.entries(TABLES).map(([name, columns]) => {
    const schema = Object.entries(columns).map(([column, type]) => `${column}: ${type}`);
    return Symbols.TableSymbol.From(`(${schema.join(', ')})`).WithName(name);
  });
  return GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('workspace', tables));
}
