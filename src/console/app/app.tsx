/** From the first moment to a page: how to sign in, who is signed in, what they see. */
import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Api, apiOf } from '../api/client.ts';
import { ApiContext } from '../api/context.ts';
import type { Config } from '../api/model.ts';
import { type ApiProblem, problemOf } from '../api/problem.ts';
import { enter, prepare } from '../session/session.ts';
import { Trouble } from '../ui/trouble.tsx';
import { readConfig } from './read-config.ts';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';

type Stage =
  | { readonly at: 'start' }
  | { readonly at: 'trouble'; readonly problem: ApiProblem }
  | { readonly at: 'door'; readonly config: Config; readonly trouble: string | undefined }
  | { readonly at: 'inside'; readonly api: Api };

/** The console. */
export function App(): JSX.Element {
  const [stage, setStage] = useState<Stage>({ at: 'start' });
  const begin = useCallback(async () => {
    try {
      prepare();
      const config = await readConfig();
      const entrance = await enter(config);
      setStage(
        entrance.state === 'signed-in'
          ? { at: 'inside', api: apiOf(entrance.session) }
          : { at: 'door', config, trouble: entrance.trouble },
      );
    } catch (error) {
      setStage({ at: 'trouble', problem: problemOf(error) });
    }
  }, []);
  useEffect(() => void begin(), [begin]);

  if (stage.at === 'inside') {
    return (
      <ApiContext.Provider value={stage.api}>
        <Shell />
      </ApiContext.Provider>
    );
  }
  if (stage.at === 'door') return <SignIn config={stage.config} trouble={stage.trouble} />;
  return (
    <main class="alone">
      <h1>HSM Warden</h1>
      {stage.at === 'trouble' ? (
        <Trouble problem={stage.problem} retry={() => void begin()} />
      ) : (
        <p class="loading" role="status">
          Opening…
        </p>
      )}
    </main>
  );
}
