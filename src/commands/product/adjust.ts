import { command } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import type { OptionSpecs } from '../../cli/options.ts';
import { grouped, named, signed } from '../../cli/output/numbers.ts';
import { answer } from '../../cli/output/view.ts';
import { ShopError } from '../../domain/errors.ts';
import { invalid, MAX_QUANTITY, parseChange, parseStock } from '../../domain/input.ts';
import { either, phrase } from '../../domain/phrase.ts';
import { REQUEST_OPTIONS, REQUIRED_REASON_OPTION, submitRequest } from '../request/submit.ts';
import { PRODUCT_ARGUMENT } from './arguments.ts';
import { ADJUSTED } from './view.ts';

const CHANGE_OPTIONS = {
  by: {
    flags: '--by <units>',
    description: 'units to add, or to subtract if negative, at most 1,000,000',
    parse: (text) => parseChange('--by', text, MAX_QUANTITY),
  },
  to: {
    flags: '--to <units>',
    description: 'new stock, as counted (instead of --by)',
    parse: (text) => parseStock(text, '--to'),
  },
} satisfies OptionSpecs;

/** `shop product adjust` */
export const adjust = command({
  name: 'adjust',
  summary: "Correct a product's stock, by a number of units or to a counted value",
  arguments: [PRODUCT_ARGUMENT],
  options: {
    ...CHANGE_OPTIONS,
    ...REQUIRED_REASON_OPTION,
    expect: {
      flags: '--expect <units>',
      description: 'refuse the adjustment if the stock differs from this number',
      parse: (text) => parseStock(text, '--expect'),
    },
    ...REQUEST_OPTIONS,
  },
  examples: [
    'shop product adjust 1 --by -3 --reason "damaged in transport"',
    'shop product adjust @71053 --to 118 --expect 120 --reason "November stock count" --json',
  ],
  run: async (context, [product], { by, to, reason, expect, ...options }) => {
    const change = await requireChange(context, by, to);
    const payload = { product, ...change, ...(expect === undefined ? {} : { expect }) };
    return submitRequest(context, { kind: 'stock-adjust', payload, reason }, options, {
      alwaysConfirm: true,
      confirm: async (session) => {
        const [{ previewStockAdjust }, { warnOfRefusal }] = await Promise.all([
          import('../../domain/shop/preview.ts'),
          import('../request/warn-of-refusal.ts'),
        ]);
        const adjustment = await previewStockAdjust(session, payload);
        await warnOfRefusal(context, adjustment);
        const { id, name, before, difference } = adjustment;
        const [now, then] = [grouped(before), grouped(before + difference)];
        return context.confirm(
          phrase`Adjust the stock of ${named(name, id)} by ${signed(difference)} (${now} → ${then})?`,
        );
      },
      show: async (outcome, request) => answer({ ...outcome, ...request }, ADJUSTED),
    });
  },
});

/** Returns the requested change. If there is none, prompts for the counted stock. @throws ShopError `INPUT_REQUIRED` */
async function requireChange(
  { prompter }: Context,
  by: number | undefined,
  to: number | undefined,
): Promise<{ readonly by: number } | { readonly to: number }> {
  if (by !== undefined && to !== undefined) throw invalid('--to', phrase`can't be combined with ${'--by'}`);
  if (by !== undefined) return { by };
  if (to !== undefined) return { to };
  const { flags, parse } = CHANGE_OPTIONS.to;
  if (!prompter.interactive) {
    const missing = [CHANGE_OPTIONS.by.flags, flags];
    throw new ShopError('INPUT_REQUIRED', { missing }, { message: phrase`Missing: ${either(missing)}.` });
  }
  return { to: parse(await prompter.input(flags, parse)) };
}
