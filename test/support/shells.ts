import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import type { TestShop } from './shop.ts';
import { KEYS, type TestTerminal } from './terminal.ts';

/** A way of installing the completion of `shop` in a shell. */
interface Setup {
  readonly args: readonly string[];
  /** Files of the home folder by path; `script` is the output of `shop completion` for this shell. */
  readonly files: (script: string) => Readonly<Record<string, string>>;
}

const PROMPT = '> ';

/** The setups of docs/install.md. For zsh, the script is also loaded from a folder of functions. */
const SETUPS = {
  bash: {
    args: ['--noprofile', '--rcfile', '.bashrc', '-i'],
    files: () => ({ '.bashrc': `PS1='${PROMPT}'\neval "$(shop completion bash)"\n` }),
  },
  zsh: {
    args: ['-d', '-i'],
    files: () => ({
      '.zshrc': `PS1='${PROMPT}'\nautoload -Uz compinit && compinit -u -D\neval "$(shop completion zsh)"\n`,
    }),
  },
  'zsh functions': {
    args: ['-d', '-i'],
    files: (script) => ({
      '.zshrc': `PS1='${PROMPT}'\nfpath+=(~/functions)\nautoload -Uz compinit && compinit -u -D\n`,
      'functions/_shop': script,
    }),
  },
  fish: {
    args: ['-i'],
    files: (script) => ({
      '.config/fish/config.fish': `
        function fish_prompt; printf '${PROMPT}'; end
        function fish_greeting; end
        set -g fish_autosuggestion_enabled 0`,
      '.config/fish/completions/shop.fish': script,
    }),
  },
} as const satisfies Record<string, Setup>;

export type ShellSetup = keyof typeof SETUPS;

export const SHELL_SETUPS = Object.keys(SETUPS) as ShellSetup[];

/** Returns true if the shell of a setup is installed. */
export function hasShell(setup: ShellSetup): boolean {
  return spawnSync(shellOf(setup), ['--version']).error === undefined;
}

function shellOf(setup: ShellSetup): string {
  return setup.split(' ')[0] ?? setup;
}

/** A shell at its prompt, with an empty home folder and `shop` on its path. */
export class TestShell {
  readonly #terminal: TestTerminal;

  private constructor(terminal: TestTerminal) {
    this.#terminal = terminal;
  }

  /**
   * @param home an empty folder, in which the shell also starts.
   * @param bin the folder of the program `shop`.
   */
  static async start(shop: TestShop, setup: ShellSetup, { home, bin }: { home: string; bin: string }, env = {}) {
    const shell = shellOf(setup);
    const script = execFileSync(join(bin, 'shop'), ['completion', shell], { encoding: 'utf8' });
    for (const [path, text] of Object.entries(SETUPS[setup].files(script))) {
      await mkdir(join(home, path, '..'), { recursive: true });
      await writeFile(join(home, path), text);
    }
    const terminal = shop.onTerminal(shell, SETUPS[setup].args, {
      cwd: home,
      env: {
        HOME: home,
        ZDOTDIR: home,
        XDG_CONFIG_HOME: join(home, '.config'),
        XDG_DATA_HOME: join(home, '.data'),
        PATH: `${bin}:${process.env.PATH}`,
        ...env,
      },
    });
    await terminal.shows(/^> *$/m);
    return new TestShell(terminal);
  }

  get screen(): string {
    return this.#terminal.screen;
  }

  /**
   * Types `text`, which may contain tabs. Waits until the last command line begins with `becomes`, and clears the line.
   */
  async expectCompletion(text: string, becomes: string): Promise<void> {
    await eventually(`${text} becomes ${becomes}`, async () => {
      // the letter after the cursor shows whether the completion has inserted a space
      this.#terminal.type(`${text}X`);
      const screen = await this.#terminal.shows((shown) => this.#line(shown)?.endsWith('X') === true);
      this.#terminal.type(KEYS.ctrlU);
      await this.#terminal.shows((shown) => this.#line(shown) === '');
      // on a busy machine, a completion may reach its time limit before it finds any word
      return this.#line(screen) === `${becomes}X`;
    });
  }

  /** Types `text` and lists the completions. Returns the screen when it shows all of `texts`. */
  async listCompletions(text: string, texts: readonly string[]): Promise<string> {
    this.#terminal.type(`${text}${KEYS.tab}`);
    this.#terminal.type(KEYS.tab);
    const screen = await this.#terminal.shows((shown) => texts.every((wanted) => shown.includes(wanted)));
    return screen;
  }

  /** Returns the line that is being typed. */
  #line(screen: string): string | undefined {
    return screen
      .split('\n')
      .findLast((line) => line.startsWith(PROMPT.trim()))
      ?.slice(PROMPT.length);
  }
}
