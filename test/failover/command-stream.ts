import type { TestData } from '../nemesis/operator.ts';
import { eventually } from '../support/eventually.ts';
import { seededRandom } from '../support/random-batch.ts';
import type { TestProcess, TestShop } from '../support/shop.ts';

const COMMANDS = 20_000;

/** A shell that runs commands one after another, without the pauses that starting a process would cause. */
export class CommandStream {
  readonly #shop: TestShop;
  readonly #shell: TestProcess;

  /** @param name prefix of the keys. */
  constructor(shop: TestShop, name: string, data: TestData, seed: number) {
    const random = seededRandom(seed);
    const pick = (from: readonly number[]) => from[random(from.length)];
    const commands = Array.from({ length: COMMANDS }, (_, index) => {
      const [user, product] = [pick(data.users), pick(data.products)];
      const choices = [
        `charge ${user} ${1 + random(50)}`,
        `order place ${user} ${product}:1`,
        `product restock ${product} 2`,
      ];
      return `${choices[random(choices.length)]} --key ${name}-${index} --timeout 5s`;
    });
    this.#shop = shop;
    this.#shell = shop.start(['shell', '--keep-going', '-o', 'jsonl'], { stdin: commands.join('\n') });
  }

  /** Waits until the first command has its outcome. */
  async firstOutcome(): Promise<void> {
    await eventually('a first outcome', () => this.#shell.stdout.includes('\n'));
  }

  /**
   * Ends the stream after the current command. Returns the error codes of the commands without a known outcome, and the
   * outputs that differ from the stored outcomes.
   */
  async end(): Promise<{ undecided: string[]; violations: string[] }> {
    const { stdout, stderr } = await this.#shell.stop();
    const codes = [...stderr.matchAll(/"code":"(PENDING|UNAVAILABLE)"/g)].map(([, code]) => code ?? '');
    const results = linesOf(stdout).map((line): Record<string, unknown> => JSON.parse(line));
    const stored = await this.#shop.sql<{ key: string; id: number; status: string }>(
      `SELECT r.idempotency_key AS 'key', r.id, o.status FROM requests r JOIN outcomes o ON o.request_id = r.id`,
    );
    const byKey = new Map(stored.map((row) => [row.key, row]));
    const violations = results
      .filter(({ key, requestId }) => {
        const row = byKey.get(String(key));
        return row?.status !== 'applied' || row.id !== requestId;
      })
      .map((answer) => `the shell printed ${JSON.stringify(answer)}, which differs from the stored outcome`);
    return { undecided: codes, violations };
  }
}

/** Returns the complete lines; the last line may be cut off. */
function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
