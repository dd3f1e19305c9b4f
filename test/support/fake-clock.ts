import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../src/dev/programs.ts';

/** Where distributions keep it. */
const FOLDERS = [
  '/usr/lib/x86_64-linux-gnu/faketime',
  '/usr/lib/aarch64-linux-gnu/faketime',
  '/usr/lib64/faketime',
  '/usr/lib/faketime',
  '/usr/local/lib/faketime',
];
const LIBRARY = FOLDERS.map((folder) => join(folder, 'libfaketimeMT.so.1')).find((path) => existsSync(path));
/** Why no program can have a clock of its own here, or null where it can. */
export const noFakeClock: string | null =
  LIBRARY === undefined ? 'there is no libfaketime here' : works() ? null : 'libfaketime does nothing here';

function works(): boolean {
  const env = { ...process.env, LD_PRELOAD: LIBRARY, FAKETIME: '-100d' };
  const seconds = Number(spawnSync('date', ['+%s'], { env, encoding: 'utf8' }).stdout);
  return Math.abs(Date.now() / 1_000 - 100 * 86_400 - seconds) < 60;
}

/**
 * A clock that programs have instead of the machine's, by libfaketime; it may be set while they run. Redis can't have one:
 * its allocator, jemalloc, asks for the time while libfaketime is asking for memory, and neither comes to an end.
 */
export class FakeClock {
  /** For a program that is to have this clock. */
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;
  #ahead = 0;

  private constructor(file: string, zone: string) {
    this.#file = file;
    this.env = {
      LD_PRELOAD: LIBRARY ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      // seconds until a program sees that it was set
      FAKETIME_CACHE_DURATION: '1',
      // waits are as long as they are, as with a machine's clock that is wrong
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // a mend for other C libraries, with which waits of MySQL never end on this one
      FAKETIME_FORCE_MONOTONIC_FIX: '0',
      TZ: zone,
    };
  }

  /**
   * A clock that is right.
   *
   * @param file where the programs are told how it is set.
   * @param zone that they think they are in, as `TZ` names it.
   */
  static async create(file: string, zone: string): Promise<FakeClock> {
    const clock = new FakeClock(file, zone);
    await clock.setAhead(0);
    return clock;
  }

  /** What it shows now, within the time that programs take to see that it was set. */
  now(): Date {
    return new Date(Date.now() + this.#ahead);
  }

  /** Sets it so many milliseconds ahead of the machine's; behind, where negative. */
  async setAhead(ms: number): Promise<void> {
    this.#ahead = ms;
    // at once: a file that is half written would be the right time
    await writeFile(`${this.#file}.new`, `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1_000}\n`);
    await rename(`${this.#file}.new`, this.#file);
  }

  /** Sets it to this time, from which it goes on. */
  async set(time: Date): Promise<void> {
    await this.setAhead(time.getTime() - Date.now());
  }

  /**
   * Writes a program that is the configured `mysqld`, with this clock.
   *
   * @param path where it is to be.
   * @param given the one that is configured, if there is one.
   */
  async wrapMysqld(path: string, given: string | null): Promise<void> {
    const program = await findProgram('mysql', { given, remembered: null });
    if (program === null) throw new Error('there is no program of MySQL');
    const variables = Object.entries(this.env).map(([name, value]) => `export ${name}='${value}'\n`);
    await writeFile(path, `#!/bin/sh\n${variables.join('')}exec '${program.path}' "$@"\n`);
    await chmod(path, 0o755);
  }
}
