import { expect, it } from 'vitest';
import { runNemesis } from '../nemesis/nemesis.ts';
import { noServersOfOwn } from '../support/own-servers.ts';

const SEED = Number(process.env.SHOP_NEMESIS_SEED ?? 20_26);
const SECONDS = Number(process.env.SHOP_NEMESIS_SECONDS ?? 25);
/** Time for the recovery after the faults, on a slow machine. */
const LIMIT_MS = 10 * 60_000;

it.skipIf(noServersOfOwn !== null)(
  `loses nothing, applies nothing twice and oversells nothing under random faults, seed ${SEED} ${noServersOfOwn ?? ''}`,
  async () => {
    const say = (line: string) => process.stderr.write(`nemesis ${SEED}, ${line}\n`);
    const { violations, ...figures } = await runNemesis({ seed: SEED, seconds: SECONDS, say });
    say(`${JSON.stringify(figures)}`);
    expect(violations).toEqual([]);
    expect(figures.requests).toBeGreaterThan(0);
  },
  SECONDS * 1_000 + LIMIT_MS,
);
