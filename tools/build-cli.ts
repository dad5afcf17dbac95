/** Makes dist/cli/ alone, for `npm pack`: the packed file is the command line. */
import { bundleCli } from './bundle-cli.ts';

await bundleCli('dist/cli');
