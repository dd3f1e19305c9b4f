import { setTimeout as wait } from 'node:timers/promises';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { within } from '../domain/servers/store.ts';
import { type ServiceName, TITLES } from './folder.ts';
import { errorLine } from './run.ts';

/** How long a service may take to answer; slow disks and first starts included. */
const LIMIT_MS = 90_000;
const POLL_MS = 100;

export interface Expectation<T> {
  readonly service: ServiceName;
  /** Answers once the service is ready; throws, or gives null, while it is not. */
  readonly check: () => Promise<T | null>;
  /** False as soon as the service can't become ready any more because it has ended. */
  readonly alive: () => Promise<boolean>;
  /** The last lines of its log since it was started, for the error. */
  readonly lastLines: () => Promise<string[]>;
  /** Where people find the whole log. */
  readonly log: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a service that was started answers, and notices at once when it has ended instead.
 *
 * @throws ShopError `UNAVAILABLE` with `details.lastLines` where it has ended or takes longer than 90 s
 */
export async function awaitReady<T>(expectation: Expectation<T>): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  const checks = new Checks(expectation.check);
  for (;;) {
    // asked after the check, so that an answer never counts for a service that is gone
    const alive = await expectation.alive();
    expectation.signal?.throwIfAborted();
    if (!alive) throw await notReady(expectation, phrase('ended while it started'), checks.error);
    if (checks.answer !== null) return checks.answer;
    if (Date.now() > deadline)
      throw await notReady(expectation, phrase`did not answer within ${LIMIT_MS / 1000} seconds`, checks.error);
    await checks.attend();
  }
}

/**
 * One check after another, never two at once. None is waited for to its end: on a port that another program has taken,
 * a check may hang for long, and must not hide that the service has ended.
 */
class Checks<T> {
  answer: T | null = null;
  error: unknown = undefined;
  readonly #check: () => Promise<T | null>;
  #current: Promise<void> | null = null;

  constructor(check: () => Promise<T | null>) {
    this.#check = check;
  }

  /** Begins a check where none is under way, and waits until it is done or the service should be looked at again. */
  async attend(): Promise<void> {
    this.#current ??= this.#run();
    await within(POLL_MS, this.#current, undefined);
    if (this.answer === null) await wait(POLL_MS);
  }

  async #run(): Promise<void> {
    try {
      this.answer = await this.#check();
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
        ? phrase`See ${log}; where AppArmor confines the program, use Docker or unload its profile.`
        : phrase`See ${log}.`,
      cause,
    },
  );
}
