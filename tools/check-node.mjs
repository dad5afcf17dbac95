// Says in one line when the Node of whoever installs is too old. Plain JavaScript that any Node reads.
const NEEDED = [22, 12];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  process.stdout.write(
    `HSM Warden needs Node ${NEEDED.join('.')} or later; this is ${process.versions.node}. The scripts of the project (npm start, npm test) run on the Node that npm ci brought along.\n`,
  );
}
