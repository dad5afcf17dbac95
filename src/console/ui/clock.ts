/** The app's time on the page, renewed as it passes. */
import { useEffect, useState } from 'preact/hooks';
import { appTime } from '../api/clock.ts';

/** The app's time, epoch milliseconds, renewed every `stepMs`. */
export function useNow(stepMs = 30_000): number {
  const [, step] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => step((count) => count + 1), stepMs);
    return () => clearInterval(timer);
  }, [stepMs]);
  return appTime();
}
