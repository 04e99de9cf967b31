/**
 * How the window that an issuer sent back tells its answer to the page that asked. The console's opener policy parts
 * the two once the window has been elsewhere, so they meet on a channel, which pages of this origin alone can hear. All
 * of these may: a code is worth nothing without the verifier, which is in the memory of the page that asked.
 */
const NAME = "parastore.sign-in";
const PATIENCE = 2000; // milliseconds; a page that waits answers in a few

type Message = { answer: string } | { taken: string };

/** Pass on an answer that this tab has no question for; whether a page took it. */
export function handOver(answer: URLSearchParams): Promise<boolean> {
  const channel = new BroadcastChannel(NAME);
  return new Promise<boolean>((resolve) => {
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if ("taken" in data && data.taken === answer.get("state")) resolve(true);
    };
    channel.postMessage({ answer: answer.toString() } satisfies Message);
    setTimeout(() => resolve(false), PATIENCE);
  }).finally(() => channel.close());
}

/** The first answer to the question of this state. Waits as long as nobody aborts it. */
export function answerTo(state: string, signal: AbortSignal): Promise<URLSearchParams> {
  const channel = new BroadcastChannel(NAME);
  return new Promise<URLSearchParams>((resolve, reject) => {
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      const answer = new URLSearchParams("answer" in data ? data.answer : "");
      if (answer.get("state") !== state) return;
      channel.postMessage({ taken: state } satisfies Message);
      resolve(answer);
    };
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  }).finally(() => channel.close());
}
