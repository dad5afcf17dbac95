/** Answers one `az rest` out of the directory in a folder. */
import { answerGraph } from './fake-graph.ts';

const [folder = '', ...args] = process.argv.slice(2);
const { code, stdout, stderr } = answerGraph(folder, args);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
