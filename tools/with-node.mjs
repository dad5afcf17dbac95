// Runs a TypeScript entry of this repository: `node tools/with-node.mjs src/local/main.ts …`. Plain JavaScript that any Node
// reads, so that one that is too old is named in one line.
import { spawn } from 'node:child_process';

const NEEDED = [22, 12];
/** From this version on Node runs TypeScript without being asked to (nodejs.org/api/typescript.html). */
const UNASKED = [22, 18];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isAtLeast = ([wantedMajor, wantedMinor]) =>
  major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
const [entry = '', ...args] = process.argv.slice(2);

if (!isAtLeast(NEEDED)) {
  process.stderr.write(
    `HSM Warden needs Node ${NEEDED.join('.')} or later; this is ${process.versions.node}. npm ci brings one along.\n`,
  );
  process.exitCode = 1;
} else if (isAtLeast(UNASKED)) {
  process.argv.splice(1, 2, entry);
  await import(new URL(`../${entry}`, import.meta.url).href);
} else {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const file = new URL(`../${entry}`, import.meta.url);
  const child = spawn(process.execPath, [...flags, decodeURIComponent(file.pathname), ...args], {
    stdio: 'inherit',
  });
  // A terminal sends these to both; whoever sends them to this process alone means the child.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
