import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import type { TestProcess } from './shop.ts';

/** Reason why the format of metrics can't be checked here, or null if it can. */
export const noPromtool: string | null =
  spawnSync('promtool', ['--version']).error === undefined ? null : 'there is no promtool here';

/** Returns the complaints of Prometheus's own checker about the metrics, or an empty text. */
export function checkMetrics(text: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

/** Sends a GET request to the worker's server; `path` begins with a slash. */
export async function fetchMetrics(worker: TestProcess, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, urlOf(worker)), init);
}

/** Returns the address of the metrics, as the worker's log prints it. */
export function urlOf(worker: TestProcess): string {
  const [, url] = /"url":"([^"]+)"/.exec(worker.stderr) ?? [];
  if (url === undefined) throw new Error(`no metrics are served: ${worker.stderr}`);
  return url;
}

/** Parses `/metrics`: the value of each sample by its name and labels. */
export async function scrape(worker: TestProcess): Promise<Map<string, number>> {
  const response = await fetchMetrics(worker, '/metrics');
  expect(response.status).toBe(200);
  const samples = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    const [, name, value] = /^([^#\s][^\s{]*(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) samples.set(name, Number(value));
  }
  return samples;
}

/** The JSON of `/healthz`. */
export interface HealthSeen {
  readonly status: string;
  readonly reason: string | null;
  readonly lane: string;
}

/** Waits until the health has this status and matches the pattern. */
export async function waitForHealth(
  worker: TestProcess,
  status: number,
  like: (health: HealthSeen) => boolean,
): Promise<void> {
  await eventually(`/healthz responds with ${status} and matches ${like}`, async () => {
    const response = await fetchMetrics(worker, '/healthz');
    return like((await response.json()) as HealthSeen) && response.status === status;
  });
}
