/** The fields that the code gives each log line, by its message: read by the compiler, so that a spread counts for what it holds. */
import { readdirSync } from 'node:fs';
import ts from 'typescript';

/** The fields of one call of a logger: those it always has, and those it may have. */
export interface LoggedLine {
  readonly where: string;
  readonly always: ReadonlySet<string>;
  readonly sometimes: ReadonlySet<string>;
}

/** Every line that the product can log, by its message. Computed once. */
export function loggedLines(): ReadonlyMap<string, readonly LoggedLine[]> {
  known ??= readLines();
  return known;
}

let known: ReadonlyMap<string, readonly LoggedLine[]> | undefined;

const LEVELS = new Set(['info', 'warn', 'error']);

function readLines(): ReadonlyMap<string, readonly LoggedLine[]> {
  const files = ['src', 'functions'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((path) => `${folder}/${path}`)
      .filter((path) => path.endsWith('.ts') && !path.startsWith('src/console/')),
  );
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { tsBuildInfoFile: _cache, ...options } = ts.parseJsonConfigFileContent(
    { ...config, files, include: undefined },
    ts.sys,
    '.',
  ).options;
  const program = ts.createProgram(files, { ...options, incremental: false });
  const checker = program.getTypeChecker();
  const found = new Map<string, LoggedLine[]>();
  for (const file of files) {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`the compiler has not read ${file}`);
    visit(source, (call) => {
      const [message, fields] = call.arguments;
      if (!isLogged(call) || message === undefined) return;
      const line = { where: file, ...fieldsOf(checker, fields) };
      for (const text of textsOf(checker, message)) found.set(text, [...(found.get(text) ?? []), line]);
    });
  }
  return found;
}

function visit(node: ts.Node, take: (call: ts.CallExpression) => void): void {
  if (ts.isCallExpression(node)) take(node);
  ts.forEachChild(node, (child) => visit(child, take));
}

function isLogged({ expression }: ts.CallExpression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    LEVELS.has(expression.name.text) &&
    /logger$/i.test(expression.expression.getText())
  );
}

/** The message, or each that it may be. */
function textsOf(checker: ts.TypeChecker, message: ts.Expression): readonly string[] {
  const type = checker.getTypeAtLocation(message);
  const parts = type.isUnion() ? type.types : [type];
  return parts.flatMap((part) => (part.isStringLiteral() ? [part.value] : []));
}

function fieldsOf(checker: ts.TypeChecker, fields: ts.Expression | undefined) {
  const always = new Set<string>();
  const sometimes = new Set<string>();
  if (fields === undefined) return { always, sometimes };
  const type = checker.getTypeAtLocation(fields);
  const parts = type.isUnion() ? type.types : [type];
  const required = parts.map(
    (part) =>
      new Set(
        checker
          .getPropertiesOfType(part)
          .filter(({ flags }) => (flags & ts.SymbolFlags.Optional) === 0)
          .map(({ name }) => name),
      ),
  );
  for (const { name } of parts.flatMap((part) => checker.getPropertiesOfType(part))) {
    (required.every((names) => names.has(name)) ? always : sometimes).add(name);
  }
  return { always, sometimes };
}
