/** The server's own pages: /healthz, /readyz, /version and /metrics, the same that monitors read. */
export interface Metric {
  name: string;
  meaning: string;
  value: string;
}

export interface Health {
  milliseconds: number;
  ready: boolean;
  reason?: string;
  version: string;
  metrics: Metric[];
}

/** Prometheus's text format, one row for each sample. */
export function parseMetrics(text: string): Metric[] {
  const meanings = new Map<string, string>();
  const metrics: Metric[] = [];
  for (const line of text.split("\n")) {
    const help = /^# HELP (\S+) (.*)$/.exec(line);
    if (help?.[1]) meanings.set(help[1], help[2] ?? "");
    const sample = /^([A-Za-z_:][\w:]*)(\{.*\})? (\S+)/.exec(line);
    if (!sample?.[1]) continue;
    const family = sample[1].replace(/_(total|created|bucket|count|sum|info)$/, "");
    const meaning = meanings.get(sample[1]) ?? meanings.get(family) ?? "";
    metrics.push({ name: sample[1] + (sample[2] ?? ""), meaning, value: sample[3] ?? "" });
  }
  return metrics;
}

export async function readMetrics(): Promise<Metric[]> {
  const answer = await fetch("/metrics", { cache: "no-store" });
  return parseMetrics(await answer.text());
}

export async function readHealth(): Promise<Health> {
  const began = performance.now();
  const alive = await fetch("/healthz", { cache: "no-store" });
  const milliseconds = performance.now() - began;
  if (!alive.ok) throw new TypeError("not healthy");
  const [ready, version, metrics] = await Promise.all([
    fetch("/readyz", { cache: "no-store" }),
    fetch("/version", { cache: "no-store" }),
    readMetrics(),
  ]);
  const readiness = (await ready.json()) as { reason?: string };
  const about = (await version.json()) as { version: string };
  return {
    milliseconds,
    ready: ready.ok,
    reason: readiness.reason,
    version: about.version,
    metrics,
  };
}
