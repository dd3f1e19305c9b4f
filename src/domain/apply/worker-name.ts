import { hostname } from 'node:os';

/** What this process is known by among the workers: its machine and its process id, in characters that Redis takes. */
export function workerName(): string {
  return `${hostname().replaceAll(/[^A-Za-z0-9._-]/g, '_')}:${process.pid}`;
}
