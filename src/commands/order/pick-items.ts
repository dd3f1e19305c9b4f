import type { Context } from '../../cli/context.ts';
import { named } from '../../cli/output/numbers.ts';
import { cut, widthOf } from '../../cli/output/text.ts';
import { type Column, columns } from '../../cli/output/view.ts';
import { choicePage, listChoices } from '../../cli/prompts/choices.ts';
import type { Offer } from '../../cli/prompts/prompter.ts';
import { ShopError } from '../../domain/errors.ts';
import { MAX_ORDER_LINES, parseOrderId, parseQuantity, parseRef } from '../../domain/input.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { unitsLeft } from '../../domain/requests/kinds/refund.ts';
import { type CartLine, showCart } from '../../domain/shop/carts.ts';
import { findOrder, type OrderLine } from '../../domain/shop/orders.ts';
import { PRODUCT_HINT, PRODUCTS_ON_SALE, productOffer } from '../product/pick.ts';

/** A product that was picked for an item. */
interface PickedProduct {
  readonly id: number;
  readonly name: string;
}

type Find<Row extends PickedProduct> = (typed: string, signal: AbortSignal) => Promise<Offer<Row>>;

/** Prompts for products one after another, each with its quantity, and returns them as items. @throws Interrupted */
export async function pickItems(context: Context): Promise<readonly string[]> {
  // fails before the first prompt if there is no database
  await context.session();
  return pickMany(context, PRODUCT_HINT, (typed, signal) => productOffer(context, PRODUCTS_ON_SALE, typed, signal));
}

const CART_COLUMNS: readonly Column<CartLine>[] = [
  { name: 'id', value: ({ productId }) => productId, kind: 'identifier' },
  { name: 'inCart', value: ({ quantity }) => quantity, kind: 'count' },
  ...columns<CartLine>({ retired: 'flag', name: 'text' }),
];

/**
 * Prompts for products in the user's cart, each with the quantity to remove, and returns them as items.
 *
 * @throws Interrupted; ShopError `INVALID_USER`, `EMPTY_CART`
 */
export async function pickCartItems(context: Context, [user = '']: readonly string[]): Promise<readonly string[]> {
  const { userId, lines } = await showCart(await context.session(), parseRef('user', user));
  if (lines.length === 0) throw new ShopError('EMPTY_CART', { userId });
  return pickLines(context, lines, CART_COLUMNS, phrase('No product in the cart matches this name or id.'));
}

const RETURN_COLUMNS: readonly Column<OrderLine>[] = [
  { name: 'id', value: ({ productId }) => productId, kind: 'identifier' },
  { name: 'left', value: unitsLeft, kind: 'count' },
  ...columns<OrderLine>({ unitPrice: 'amount', name: 'text' }),
];

/**
 * Prompts for products of an order, each with the quantity to return, and returns them as items.
 *
 * @throws Interrupted; ShopError `INVALID_ORDER`, `ORDER_NOT_RETURNABLE`
 */
export async function pickReturnedItems(context: Context, [order = '']: readonly string[]): Promise<readonly string[]> {
  const { orderId, status, lines } = await findOrder(await context.session(), parseOrderId(order));
  const left = lines.filter((line) => unitsLeft(line) > 0);
  if (left.length === 0) throw new ShopError('ORDER_NOT_RETURNABLE', { orderId, status });
  return pickLines(
    context,
    left,
    RETURN_COLUMNS,
    phrase('No returnable product in this order matches this name or id.'),
  );
}

/** Prompts for lines of a cart or an order, each with a quantity. */
function pickLines<Line extends { readonly productId: number; readonly name: string }>(
  context: Context,
  lines: readonly Line[],
  shown: readonly Column<Line>[],
  noMatch: Phrase,
): Promise<readonly string[]> {
  return pickMany(context, phrase('id or part of the name'), async (typed) => {
    const part = typed.trim().toLowerCase();
    const fitting = lines.filter(({ name, productId }) => {
      return name.toLowerCase().includes(part) || String(productId) === part;
    });
    if (fitting.length === 0) return { choices: [], remark: noMatch };
    const short = ({ name, productId }: Line) => named(name, productId);
    const { heading, choices } = listChoices(shown, fitting, short, context);
    const asProduct = ({ productId: id, name }: Line) => ({ id, name });
    return { heading, choices: choices.map(({ value, ...texts }) => ({ value: asProduct(value), ...texts })) };
  });
}

/** Prompts for products until the user has finished. A product that is picked again gets a new quantity. */
async function pickMany<Row extends PickedProduct>(
  context: Context,
  hint: Phrase,
  find: Find<Row>,
): Promise<readonly string[]> {
  const { prompter, language } = context;
  const picked = new Map<number, string>();
  for (;;) {
    const product = await prompter.choose<Row | null>(
      'items',
      async (typed, signal) => {
        const offer = await find(typed, signal);
        if (picked.size === 0) return offer;
        const marked = offer.choices.map((choice) => {
          const quantity = picked.get(choice.value.id);
          if (quantity === undefined) return choice;
          const mark = ` ${language.translate(phrase`(${quantity} chosen)`)}`;
          const page = choicePage(context);
          const room = (page.width ?? Number.POSITIVE_INFINITY) - widthOf(mark);
          return { ...choice, text: `${cut(choice.text, room, page)}${mark}` };
        });
        // this choice is the first one, so that Enter alone finishes
        const done = {
          value: null,
          text: language.translate(phrase('No more products')),
          short: language.translate(phrase('no more')),
        };
        return { ...offer, choices: typed === '' ? [done, ...marked] : marked };
      },
      picked.size === 0 ? phrase`product (${hint})` : phrase('another product (Enter to finish)'),
    );
    if (product === null) break;
    const before = picked.get(product.id);
    const quantity = await prompter.input('quantity', parseQuantity, {
      message: phrase`quantity of ${product.name}`,
      standard: before ?? '1',
    });
    picked.set(product.id, quantity);
    if (picked.size === MAX_ORDER_LINES) break;
  }
  return [...picked].map(([id, quantity]) => `${id}:${quantity}`);
}
