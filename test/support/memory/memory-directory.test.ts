import { describeHsmDirectory } from '../../contract/hsm-directory.ts';
import { MemoryDirectory } from './memory-directory.ts';

describeHsmDirectory('in memory', async () => {
  const directory = new MemoryDirectory();
  return {
    directory,
    see: (hsms, subscriptions, fault) =>
      Object.assign(directory, { hsms, subscriptions, half: fault !== undefined }),
    close: async () => undefined,
  };
});
