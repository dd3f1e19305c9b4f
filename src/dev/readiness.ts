import { setTimeout as wait } from 'node:timers/promises';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { within } from '../domain/servers/connections.ts';
import { type ServiceName, TITLES } from './folder.ts';
import { errorLine } from './run.ts';

/** Maximum time for a service to become ready. It allows for first starts on slow disks. */
const LIMIT_MS = 90_000;
const POLL_MS = 100;

export interface Expectation<T> {
  readonly service: ServiceName;
  /** Returns a value when the service is ready. Throws or returns null before that. */
  readonly check: () => Promise<T | null>;
  /** Returns false when the service has ended. */
  readonly alive: () => Promise<boolean>;
  /** Returns the last lines of the service's log since its start, for the error. */
  readonly lastLines: () => Promise<string[]>;
  /** Path of the service's log, or the command that shows it. */
  readonly log: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a started service is ready. Fails immediately when the service has ended.
 *
 * @throws ShopError `UNAVAILABLE` with `details.lastLines` if the service has ended or takes longer than 90 s
 */
export async function awaitReady<T>(expectation: Expectation<T>): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  const checks = new Checks(expectation.check);
  for (;;) {
    // `alive` is read after the check, so that a result never counts for a service that has ended
    const alive = await expectation.alive();
    expectation.signal?.throwIfAborted();
    if (!alive) throw await notReady(expectation, phrase('stopped while starting'), checks.error);
    if (checks.result !== null) return checks.result;
    if (Date.now() > deadline)
      throw await notReady(expectation, phrase`did not respond within ${LIMIT_MS / 1000} seconds`, checks.error);
    await checks.poll();
  }
}

/**
 * Runs one check at a time, and waits only briefly for its result. A check may hang if its port belongs to another
 * program. A hanging check must not hide that the service has ended.
 */
class Checks<T> {
  result: T | null = null;
  error: unknown = undefined;
  readonly #check: () => Promise<T | null>;
  #current: Promise<void> | null = null;

  constructor(check: () => Promise<T | null>) {
    this.#check = check;
  }

  /** Starts a check unless one is already running, and waits at most 100 ms for its result. */
  async poll(): Promise<void> {
    this.#current ??= this.#run();
    await within(POLL_MS, this.#current, undefined);
    if (this.result === null) await wait(POLL_MS);
  }

  async #run(): Promise<void> {
    try {
      this.result = await this.#check();
    } catch (error) {
      this.error = error;
    } finally {
      this.#current = null;
    }
  }
}

async function notReady<T>(
  { service, lastLines, log }: Expectation<T>,
  what: Phrase,
  cause: unknown,
): Promise<ShopError> {
  const lines = await lastLines();
  const denied = lines.some((line) => /permission denied|errno: 13\b|errcode: 13\b/i.test(line));
  return new ShopError(
    'UNAVAILABLE',
    { service, reason: what, lastLines: lines, log },
    {
      message: phrase`${service === 'worker' ? phrase('The worker') : TITLES[service]} ${what}: ${errorLine(lines) ?? phrase('its log is empty')}`,
      hint: denied
        ? phrase`See ${log}. If AppArmor confines the program, use Docker or unload the AppArmor profile.`
        : phrase`See ${log}.`,
      cause,
    },
  );
}
