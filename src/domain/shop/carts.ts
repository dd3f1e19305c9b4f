import type { Session } from '../../db/mysql/connection.ts';
import { type Statement, sendStatements } from '../../db/mysql/statements.ts';
import { inTransaction, retryConflicts, retryDuplicates } from '../../db/mysql/transaction.ts';
import type { ActivityAction } from '../activities/actions.ts';
import { recordActivity } from '../activities/record.ts';
import { refusalError, ShopError } from '../errors.ts';
import { type Item, MAX_ORDER_LINES, MAX_QUANTITY, type Ref } from '../input.ts';
import { phrase } from '../phrase.ts';
import { exact } from '../requests/kinds/exact.ts';
import type { OrderPayload } from '../requests/kinds/order.ts';
import { blockedUser, retiredProducts, shortagesOf, type Units } from '../requests/kinds/rules.ts';
import type { Origin } from '../requests/origin.ts';
import { readUnits } from './items.ts';
import type { OrderLine } from './orders.ts';
import { findUserId } from './references.ts';

/** A line of a cart, with the product's current price. */
export interface CartLine extends Omit<OrderLine, 'amount' | 'returned'> {
  /** The current price of one unit in points. An order uses the price at the time of its decision. */
  readonly unitPrice: number;
  /** quantity × unitPrice; if it exceeds 2^53 − 1, a string of digits. */
  readonly amount: number | string;
  /** Present only for a retired product, which a checkout refuses. */
  readonly retired?: true;
}

export interface Cart {
  /** The cart's id; null if nothing was ever added to the user's cart. */
  readonly cartId: number | null;
  readonly userId: number;
  /** The lines in the order in which the products were first added. */
  readonly lines: readonly CartLine[];
  /** The price of all lines in points; if it exceeds 2^53 − 1, a string of digits. */
  readonly total: number | string;
}

/** A cart after a change. */
export interface ChangedCart {
  readonly cart: Cart;
  /** The products that were added or removed, with the number of units. */
  readonly changed: readonly Units<{ readonly name: string }>[];
}

/**
 * Adds units to the user's cart, all of them or none. The first addition creates the cart.
 *
 * @throws ShopError in this order: `INVALID_USER`, `INVALID_PRODUCT`, `PRODUCT_RETIRED`, `LIMIT_EXCEEDED`, and
 * `INSUFFICIENT_STOCK` if the cart would then hold more than the stock.
 */
export async function addToCart(
  session: Session,
  user: Ref,
  items: readonly Item[],
  origin: Origin,
): Promise<ChangedCart> {
  return changeCart(session, { action: 'cart add', origin }, user, items, (userId, asked, held) => {
    const retired = retiredProducts(asked);
    if (retired !== null) throw refusalError(retired);
    const wanted = asked.map(({ product, quantity }) => {
      return { product, quantity: quantity + (held.get(product.id) ?? 0) };
    });
    checkLimits(userId, wanted, held);
    const shortages = shortagesOf(wanted, ({ stock }) => stock);
    if (shortages.length > 0) {
      const hint = phrase('Put fewer units in the cart, or restock with `shop product restock <product> <quantity>`.');
      throw new ShopError('INSUFFICIENT_STOCK', { shortages }, { hint });
    }
    return wanted;
  });
}

/**
 * Removes units from the user's cart, all of them or none. A line without units is deleted.
 *
 * @throws ShopError in this order: `INVALID_USER`, `INVALID_PRODUCT`, `INSUFFICIENT_CART_QUANTITY`.
 */
export async function removeFromCart(
  session: Session,
  user: Ref,
  items: readonly Item[],
  origin: Origin,
): Promise<ChangedCart> {
  return changeCart(session, { action: 'cart remove', origin }, user, items, (userId, asked, held) => {
    const holds = ({ id }: LockedProduct) => held.get(id) ?? 0;
    const shortages = shortagesOf(asked, holds);
    if (shortages.length > 0) throw new ShopError('INSUFFICIENT_CART_QUANTITY', { userId, shortages });
    return asked.map(({ product, quantity }) => ({ product, quantity: holds(product) - quantity }));
  });
}

/**
 * Reads the user's cart.
 *
 * @param cart the expected id of the user's cart; undefined to skip this check.
 * @throws ShopError `INVALID_USER`, `INVALID_CART`
 */
export async function showCart(session: Session, user: Ref, cart?: number): Promise<Cart> {
  const userId = await findUserId(session, user);
  const cartId = await findCartId(session, userId);
  if (cart !== undefined && cart !== cartId) throw new ShopError('INVALID_CART', { user, cart });
  return readCart(session, userId, cartId);
}

/**
 * Returns the content of an order that checks out the user's current cart. Only the lane may refuse the order, so that the
 * refusal is recorded under the request's key.
 *
 * @throws ShopError `INVALID_USER`; for an empty cart, which can't become a request, `USER_BLOCKED` or `EMPTY_CART`
 */
export async function checkoutContent(session: Session, user: Ref): Promise<OrderPayload> {
  const userId = await findUserId(session, user);
  const cart = await findCartId(session, userId);
  const { lines } = await readCart(session, userId, cart);
  if (cart === null || lines.length === 0) throw await emptyCart(session, userId);
  return { user, items: lines.map(({ productId, quantity }) => ({ product: productId, quantity })), cart };
}

async function emptyCart(session: Session, userId: number): Promise<ShopError> {
  const [user] = await session.query<{ id: number; blockedAt: Date | null }>(
    'SELECT id, blocked_at AS blockedAt FROM users WHERE id = ?',
    [userId],
  );
  const blocked = user === undefined ? null : blockedUser(user);
  return blocked === null ? new ShopError('EMPTY_CART', { userId }) : refusalError(blocked);
}

/**
 * Creates the statements that set quantities of cart lines, in a transaction that has locked these lines. A line with the
 * quantity 0 is deleted.
 */
export function* cartLineStatements(lines: readonly CartLineValues[]): Generator<Statement> {
  const gone = lines.filter(([, , quantity]) => quantity === 0);
  const kept = lines.filter(([, , quantity]) => quantity > 0);
  yield* onCartLines(`DELETE cart_lines FROM ${JOINED_LINES}`, gone);
  yield* onCartLines(`UPDATE ${JOINED_LINES} SET cart_lines.quantity = next.quantity`, kept);
}

function* onCartLines(sql: string, lines: readonly CartLineValues[]): Generator<Statement> {
  if (lines.length === 0) return;
  yield { sql, values: [JSON.stringify(lines)], rows: lines.length };
}

/** Finds each line by its key, because a statement that scanned the table would wait for locks on the lines of other carts. */
const JOINED_LINES = `
  JSON_TABLE(?, '$[*]' COLUMNS (
    cart_id BIGINT PATH '$[0]', product_id BIGINT PATH '$[1]', quantity INT PATH '$[2]')) AS next
  STRAIGHT_JOIN cart_lines FORCE INDEX (uq_cart_lines_product)
    ON cart_lines.cart_id = next.cart_id AND cart_lines.product_id = next.product_id`;

/** The key of a cart line and its quantity. */
export type CartLineValues = readonly [cartId: number, productId: number, quantity: number];

interface LockedProduct {
  readonly id: number;
  readonly name: string;
  readonly stock: number;
  readonly retiredAt: Date | null;
}

/** Number of units by product. */
type Held = ReadonlyMap<number, number>;

/**
 * Changes a user's cart in one transaction.
 *
 * @param decide returns the new quantities of the named products, or throws.
 */
async function changeCart(
  session: Session,
  { action, origin }: { readonly action: ActivityAction; readonly origin: Origin },
  user: Ref,
  items: readonly Item[],
  decide: (userId: number, asked: readonly Units<LockedProduct>[], held: Held) => readonly Units<LockedProduct>[],
): Promise<ChangedCart> {
  // another process may create the user's cart after this process has looked for it; the retry then finds it, because carts are
  // never deleted
  return retryDuplicates(() =>
    retryConflicts(() =>
      inTransaction(session, async () => {
        const userId = await findUserId(session, user);
        const found = await findCartId(session, userId);
        // the insert of a new cart would lock the user through its foreign key; the lane locks users before products, so this
        // lock comes first
        if (found === null) await session.query('SELECT id FROM users WHERE id = ? LOCK IN SHARE MODE', [userId]);
        const asked = await readUnits<LockedProduct>(session, items, LOCK_PRODUCTS);
        const held = found === null ? new Map<number, number>() : await lockLines(session, found);
        // `decide` may throw, so it is called before the cart is created: other processes that create the same cart wait for
        // this transaction, and would deadlock with each other if it rolled back
        const wanted = decide(userId, asked, held);
        const cartId = found ?? (await makeCart(session, userId));
        const lines = wanted.map(({ product, quantity }) => [cartId, product.id, quantity] as const);
        await sendStatements(session, cartLineStatements(lines.filter(([, product]) => held.has(product))));
        await insertLines(
          session,
          lines.filter(([, product]) => !held.has(product)),
        );
        const before = quantities(wanted, ({ product }) => held.get(product.id) ?? 0);
        const after = quantities(wanted, ({ quantity }) => quantity);
        await recordActivity(session, origin, { action, subject: `user ${userId}`, before, after });
        return { cart: await readCart(session, userId, cartId), changed: asked };
      }),
    ),
  );
}

/** Returns quantities in the cart, as `activity list` shows them. */
function quantities(
  lines: readonly Units<LockedProduct>[],
  quantityOf: (line: Units<LockedProduct>) => number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(lines.map((line) => [`product ${line.product.id}`, quantityOf(line)]));
}

async function findCartId(session: Session, userId: number): Promise<number | null> {
  const [cart] = await session.query<{ id: number }>('SELECT id FROM carts WHERE user_id = ?', [userId]);
  return cart?.id ?? null;
}

async function makeCart(session: Session, userId: number): Promise<number> {
  const { insertId } = await session.execute('INSERT INTO carts (user_id, created_at) VALUES (?, UTC_TIMESTAMP(3))', [
    userId,
  ]);
  return insertId;
}

/**
 * Locks products in the order of their ids, as the lane does, so that their stock stays the same until the end of the
 * transaction. Other sessions may read these products and add them to carts meanwhile.
 */
const LOCK_PRODUCTS =
  'SELECT id, name, stock, retired_at AS retiredAt FROM products WHERE id IN (?) ORDER BY id LOCK IN SHARE MODE';

/**
 * Locks and reads the cart's lines. The cart's own row is locked first, so that only one process at a time changes the cart.
 * The lane adds no lines. Therefore it locks only the lines, by the same key and in the same order.
 */
async function lockLines(session: Session, cartId: number): Promise<Held> {
  await session.query('SELECT id FROM carts WHERE id = ? FOR UPDATE', [cartId]);
  const rows = await session.query<{ productId: number; quantity: number }>(
    `SELECT product_id AS productId, quantity FROM cart_lines FORCE INDEX (uq_cart_lines_product)
     WHERE cart_id = ? ORDER BY cart_id, product_id FOR UPDATE`,
    [cartId],
  );
  return new Map(rows.map(({ productId, quantity }) => [productId, quantity]));
}

async function insertLines(session: Session, lines: readonly CartLineValues[]): Promise<void> {
  if (lines.length === 0) return;
  await session.execute('INSERT INTO cart_lines (cart_id, product_id, quantity) VALUES ?', [lines]);
}

/** Applies the limits of an order, because a cart becomes one order. @throws ShopError `LIMIT_EXCEEDED` */
function checkLimits(userId: number, wanted: readonly Units<LockedProduct>[], held: Held): void {
  const tooMany = wanted.find(({ quantity }) => quantity > MAX_QUANTITY);
  if (tooMany !== undefined) {
    const { product, quantity } = tooMany;
    const what = phrase`quantity of product ${product.id} in the cart of user ${userId}`;
    throw new ShopError('LIMIT_EXCEEDED', { what, value: quantity, maximum: MAX_QUANTITY });
  }
  const products = new Set([...held.keys(), ...wanted.map(({ product }) => product.id)]).size;
  if (products > MAX_ORDER_LINES) {
    const what = phrase`number of products in the cart of user ${userId}`;
    const hint = phrase('Check out first, or remove some products with `shop cart remove`.');
    throw new ShopError('LIMIT_EXCEEDED', { what, value: products, maximum: MAX_ORDER_LINES }, { hint });
  }
}

type StoredCartLine = Omit<CartLine, 'amount' | 'retired'> & { readonly retiredAt: Date | null };

async function readCart(session: Session, userId: number, cartId: number | null): Promise<Cart> {
  if (cartId === null) return { cartId, userId, lines: [], total: 0 };
  const rows = await session.query<StoredCartLine>(
    `SELECT l.product_id AS productId, p.name, l.quantity, p.price AS unitPrice, p.retired_at AS retiredAt
     FROM cart_lines l JOIN products p ON p.id = l.product_id WHERE l.cart_id = ? ORDER BY l.id`,
    [cartId],
  );
  const amountOf = ({ quantity, unitPrice }: Pick<CartLine, 'quantity' | 'unitPrice'>) =>
    BigInt(quantity) * BigInt(unitPrice);
  return {
    cartId,
    userId,
    lines: rows.map(({ retiredAt, ...line }) => ({
      ...line,
      amount: exact(amountOf(line)),
      ...(retiredAt === null ? {} : { retired: true }),
    })),
    total: exact(rows.reduce((sum, row) => sum + amountOf(row), 0n)),
  };
}
