import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { inheritedEnvironment } from '../../test/support/environment.ts';
import { KEYS, TestTerminal } from '../../test/support/terminal.ts';

const run = promisify(execFile);

/** Matches an empty prompt in the last line. */
const PROMPT = /(^|\n)\$$/;

/** A shop with its own servers and worker, in a temporary folder that is removed afterwards. */
export class PictureShop {
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#env = env;
  }

  /** @param root path of the built checkout. */
  static async open(root: string): Promise<PictureShop> {
    const folder = await mkdtemp(join(tmpdir(), 'shop-pictures-'));
    await mkdir(join(folder, 'bin'));
    await symlink(join(root, 'bin/shop.js'), join(folder, 'bin/shop'));
    const shop = new PictureShop(folder, {
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
      await shop.run('dev', 'up');
      await shop.run('db', 'seed');
    } catch (error) {
      await shop.close();
      throw error;
    }
    return shop;
  }

  /** Runs a command without a picture. @throws Error if its exit status is not 0 */
  async run(...args: readonly string[]): Promise<void> {
    await run('shop', [...args], { env: { ...inheritedEnvironment(), ...this.#env }, cwd: this.#folder });
  }

  /** Writes a file into the working directory of the commands. */
  async file(name: string, text: string): Promise<void> {
    await writeFile(join(this.#folder, name), text);
  }

  /** Opens a shell and waits for its prompt. */
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
    await this.run('dev', 'reset', '--yes');
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Types commands at a terminal, as a person does. */
export class Session {
  readonly terminal: TestTerminal;

  constructor(terminal: TestTerminal) {
    this.terminal = terminal;
  }

  /** Runs commands one after another and waits for the end of each. */
  async run(...commands: readonly string[]): Promise<void> {
    for (const command of commands) {
      const lines = () => this.terminal.history.split('\n');
      const before = lines().length;
      await this.start(command, () => lines().length > before && lines().at(-1) === '$');
    }
  }

  /** Runs a command and waits until the screen shows the wanted output. */
  async start(command: string, wanted: string | RegExp | ((screen: string) => boolean)): Promise<void> {
    this.terminal.type(`${command}${KEYS.enter}`);
    await this.terminal.shows(wanted);
  }

  /** Types keys and waits until the screen shows the wanted output. */
  async type(keys: string, wanted: string | RegExp | ((screen: string) => boolean)): Promise<void> {
    this.terminal.type(keys);
    await this.terminal.shows(wanted);
  }
}
