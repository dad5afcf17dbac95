/** The door: who is not signed in sees this and nothing else. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Config } from '../api/model.ts';
import { signIn } from '../session/session.ts';
import { Note } from '../ui/note.tsx';

interface SignInProps {
  readonly config: Config;
  readonly trouble: string | undefined;
}

/** The page with the one button. */
export function SignIn({ config, trouble }: SignInProps): JSX.Element {
  const [isLeaving, setLeaving] = useState(false);
  const [failure, setFailure] = useState(trouble);
  useEffect(() => {
    document.title = 'Sign in · HSM Warden';
  }, []);
  async function leave(): Promise<void> {
    setLeaving(true);
    try {
      await signIn(config);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setLeaving(false);
    }
  }
  return (
    <main class="alone">
      <h1>HSM Warden</h1>
      <p class="lead">Is every key safe? Sign in to see it. You come back to the page you asked for.</p>
      {failure !== undefined && (
        <Note tone="bad" title="You are not signed in" isUrgent>
          <p>{failure}</p>
        </Note>
      )}
      <button type="button" class="primary" disabled={isLeaving} onClick={() => void leave()}>
        {isLeaving ? 'Going to sign in…' : 'Sign in'}
      </button>
      {config.local && <p class="small">A local installation: its people exist on this machine only.</p>}
    </main>
  );
}
