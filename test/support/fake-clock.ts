import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../src/dev/programs.ts';

/** Paths of the library in Linux distributions. */
const FOLDERS = [
  '/usr/lib/x86_64-linux-gnu/faketime',
  '/usr/lib/aarch64-linux-gnu/faketime',
  '/usr/lib64/faketime',
  '/usr/lib/faketime',
  '/usr/local/lib/faketime',
];
const LIBRARY = FOLDERS.map((folder) => join(folder, 'libfaketimeMT.so.1')).find((path) => existsSync(path));
/** Reason why programs can't have a fake clock here, or null if they can. */
export const noFakeClock: string | null =
  LIBRARY === undefined ? 'there is no libfaketime here' : works() ? null : 'libfaketime does nothing here';

function works(): boolean {
  const env = { ...process.env, LD_PRELOAD: LIBRARY, FAKETIME: '-100d' };
  const seconds = Number(spawnSync('date', ['+%s'], { env, encoding: 'utf8' }).stdout);
  return Math.abs(Date.now() / 1_000 - 100 * 86_400 - seconds) < 60;
}

/**
 * A fake clock for programs, by libfaketime, which can be set while they run. Redis can't use it: libfaketime allocates
 * memory, for which jemalloc reads the time again, and both wait for each other.
 */
export class FakeClock {
  /** Environment of a program that uses this clock. */
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;
  #ahead = 0;

  private constructor(file: string, zone: string) {
    this.#file = file;
    this.env = {
      LD_PRELOAD: LIBRARY ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      // this is the number of seconds until a program notices that the clock was set
      FAKETIME_CACHE_DURATION: '1',
      // timeouts keep their real length, as on a machine whose clock is wrong
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // this workaround for other C libraries would make MySQL wait forever
      FAKETIME_FORCE_MONOTONIC_FIX: '0',
      TZ: zone,
    };
  }

  /**
   * Creates a clock that shows the right time.
   *
   * @param file path of the file from which programs read the offset of the clock.
   * @param zone time zone of the programs, as in `TZ`.
   */
  static async create(file: string, zone: string): Promise<FakeClock> {
    const clock = new FakeClock(file, zone);
    await clock.setAhead(0);
    return clock;
  }

  /** Returns the current time of the clock. Programs see a new time after a short delay. */
  now(): Date {
    return new Date(Date.now() + this.#ahead);
  }

  /** Sets the clock ahead of the machine's by the given milliseconds, or behind if negative. */
  async setAhead(ms: number): Promise<void> {
    this.#ahead = ms;
    // replaces the file atomically, because a program would read a partly written file as no offset
    await writeFile(`${this.#file}.new`, `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1_000}\n`);
    await rename(`${this.#file}.new`, this.#file);
  }

  /** Sets the clock to the given time, from which it continues. */
  async set(time: Date): Promise<void> {
    await this.setAhead(time.getTime() - Date.now());
  }

  /**
   * Writes a wrapper that runs the configured `mysqld` with this clock.
   *
   * @param path path of the wrapper.
   * @param given the configured program, if any.
   */
  async wrapMysqld(path: string, given: string | null): Promise<void> {
    const program = await findProgram('mysql', { given, remembered: null });
    if (program === null) throw new Error('no MySQL server program is installed');
    const variables = Object.entries(this.env).map(([name, value]) => `export ${name}='${value}'\n`);
    await writeFile(path, `#!/bin/sh\n${variables.join('')}exec '${program.path}' "$@"\n`);
    await chmod(path, 0o755);
  }
}
