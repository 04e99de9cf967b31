import { useCallback, useEffect, useState } from "react";

export interface Answer<T> {
  data?: T;
  error?: unknown;
  loading: boolean;
  reload: () => void;
}

/** Ask when the page opens, when `key` changes, and on reload. Of an answer that comes too late nothing is shown. */
export function useAnswer<T>(ask: () => Promise<T>, key: string): Answer<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: unknown }>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    let wanted = true;
    const here = `${key}#${round}`;
    ask().then(
      (data) => wanted && setState({ key: here, data }),
      (error: unknown) => wanted && setState({ key: here, error }),
    );
    return () => {
      wanted = false;
    };
    // `ask` is another function at each rendering; `key` says what it asks for.
  }, [key, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const same = state?.key.startsWith(`${key}#`);
  const loading = state?.key !== `${key}#${round}`;
  return { data: same ? state?.data : undefined, error: loading ? undefined : state?.error, loading, reload };
}
