import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import type { TestProcess } from './shop.ts';

/** Why the format of metrics can't be checked here, or null where it can. */
export const noPromtool: string | null =
  spawnSync('promtool', ['--version']).error === undefined ? null : 'there is no promtool here';

/** What Prometheus's own checker says of metrics: nothing where they are as they should be. */
export function checkMetrics(text: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

/** Asks the worker's server; `path` begins with a slash. */
export async function ask(worker: TestProcess, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, urlOf(worker)), init);
}

/** Where the worker says that its metrics are. */
export function urlOf(worker: TestProcess): string {
  const [, url] = /"url":"([^"]+)"/.exec(worker.stderr) ?? [];
  if (url === undefined) throw new Error(`no metrics are served: ${worker.stderr}`);
  return url;
}

/** What `/metrics` answers: each sample's value by its name and labels, as they stand there. */
export async function scrape(worker: TestProcess): Promise<Map<string, number>> {
  const response = await ask(worker, '/metrics');
  expect(response.status).toBe(200);
  const samples = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    const [, name, value] = /^([^#\s][^\s{]*(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) samples.set(name, Number(value));
  }
  return samples;
}

/** What `/healthz` answers. */
export interface HealthSeen {
  readonly status: string;
  readonly reason: string | null;
  readonly lane: string;
}

/** Waits until the health has this status and is like this. */
export async function healthy(
  worker: TestProcess,
  status: number,
  like: (health: HealthSeen) => boolean,
): Promise<void> {
  await eventually(`/healthz answers ${status}, and ${like}`, async () => {
    const response = await ask(worker, '/healthz');
    return like((await response.json()) as HealthSeen) && response.status === status;
  });
}
