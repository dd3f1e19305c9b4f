import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { inheritedEnvironment } from '../../test/support/environment.ts';
import { KEYS, TestTerminal } from '../../test/support/terminal.ts';

const run = promisify(execFile);

/** An empty prompt in the last line. */
const PROMPT = /(^|\n)\$$/;

/** A shop with servers and a worker of its own, in a folder that goes with it. */
export class Stage {
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#env = env;
  }

  /** @param root of the checkout, built. */
  static async open(root: string): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'shop-pictures-'));
    await mkdir(join(folder, 'bin'));
    await symlink(join(root, 'bin/shop.js'), join(folder, 'bin/shop'));
    const stage = new Stage(folder, {
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      NODE_OPTIONS: `--import=${pathToFileURL(join(root, 'scripts/pictures/other-host.mjs'))}`,
      SHOP_DEV_DIR: join(folder, '.shop'),
      SHOP_ACTOR: 'front-desk',
      XDG_STATE_HOME: folder,
      TZ: 'UTC',
      PS1: '\\[\\e[32m\\]$\\[\\e[0m\\] ',
      HISTFILE: '',
      BASH_SILENCE_DEPRECATION_WARNING: '1',
    });
    try {
      await stage.shop('dev', 'up');
      await stage.shop('db', 'seed');
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  /** Runs a command of which there is no picture. @throws Error where it does not end with 0 */
  async shop(...args: readonly string[]): Promise<void> {
    await run('shop', [...args], { env: { ...inheritedEnvironment(), ...this.#env }, cwd: this.#folder });
  }

  /** Writes a file into the folder that commands are given in. */
  async file(name: string, text: string): Promise<void> {
    await writeFile(join(this.#folder, name), text);
  }

  /** A shell at its prompt. */
  async session(columns: number, rows: number): Promise<Session> {
    const terminal = new TestTerminal('bash', ['--norc', '--noprofile'], {
      env: this.#env,
      cwd: this.#folder,
      columns,
      rows,
    });
    await terminal.shows(PROMPT);
    return new Session(terminal);
  }

  async close(): Promise<void> {
    await this.shop('dev', 'reset', '--yes');
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** One who sits at a terminal. */
export class Session {
  readonly terminal: TestTerminal;

  constructor(terminal: TestTerminal) {
    this.terminal = terminal;
  }

  /** Gives commands, one after another, each when the one before has ended. */
  async give(...commands: readonly string[]): Promise<void> {
    for (const command of commands) {
      const lines = () => this.terminal.history.split('\n');
      const before = lines().length;
      await this.begin(command, () => lines().length > before && lines().at(-1) === '$');
    }
  }

  /** Gives a command and waits for what it shows. */
  async begin(command: string, wanted: string | RegExp | ((screen: string) => boolean)): Promise<void> {
    this.terminal.type(`${command}${KEYS.enter}`);
    await this.terminal.shows(wanted);
  }

  /** Types, and waits for what is shown then. */
  async type(keys: string, wanted: string | RegExp | ((screen: string) => boolean)): Promise<void> {
    this.terminal.type(keys);
    await this.terminal.shows(wanted);
  }
}
