import type { RefusalCode, Shortage } from '../errors.ts';
import type { Ref } from '../input.ts';
import type { OrderPayload, RequestContent } from '../requests/request.ts';

/** What a request is decided on: everything that it names, as all requests before it have left it. */
export interface State {
  readonly users: Map<number, UserState>;
  readonly products: Map<number, ProductState>;
  /** Orders that are to be cancelled, and those that were placed by the requests before. */
  readonly orders: Map<number, OrderState>;
  /** Carts that are checked out. */
  readonly carts: Map<number, CartState>;
  /** Ids by reference, without the `@`; what is missing here does not exist. */
  readonly userIds: ReadonlyMap<string, number>;
  readonly productIds: ReadonlyMap<string, number>;
}

export interface UserState {
  readonly id: number;
  readonly balance: number;
}

export interface ProductState {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  readonly price: number;
  readonly stock: number;
}

export interface OrderState {
  readonly id: number;
  readonly userId: number;
  readonly status: string;
  readonly total: number;
  readonly createdAt: Date;
  readonly lines: readonly { readonly productId: number; readonly quantity: number }[];
}

export interface CartState {
  readonly id: number;
  readonly userId: number;
  /** Units by product. */
  readonly lines: ReadonlyMap<number, number>;
}

/** What is to be written for an applied request, each value final. */
export interface Effects {
  readonly ledger: {
    readonly userId: number;
    readonly type: 'charge' | 'payment' | 'refund';
    /** Signed: what the balance goes up by. */
    readonly amount: number;
    readonly balanceAfter: number;
  } | null;
  readonly stock: readonly {
    readonly productId: number;
    readonly type: 'restock' | 'sale' | 'return';
    /** Signed: what the stock goes up by. */
    readonly quantity: number;
    readonly stockAfter: number;
  }[];
  readonly order: { readonly userId: number; readonly total: number; readonly lines: readonly DecidedLine[] } | null;
  /** The order that is cancelled now. */
  readonly cancelled: OrderState | null;
  /** What a cart holds of the products that were ordered out of it; 0 where the line goes. */
  readonly cart: { readonly id: number; readonly left: ReadonlyMap<number, number> } | null;
}

const NO_EFFECTS: Effects = { ledger: null, stock: [], order: null, cancelled: null, cart: null };

interface DecidedLine {
  readonly productId: number;
  readonly quantity: number;
  readonly unitPrice: number;
}

/**
 * The outcome of one request. `details` is stored with it, together with the ids of the rows that it has made. Of an
 * order they have the products' `names`, line by line, so that the same answer can be given after a product is renamed.
 */
export type Decision =
  | { readonly status: 'applied'; readonly details: Record<string, unknown>; readonly effects: Effects }
  | { readonly status: 'refused'; readonly code: RefusalCode; readonly details: Record<string, unknown> };

/** The largest values; handed in, so that this file decides on nothing but its arguments. */
export interface Limits {
  readonly maxPoints: number;
  readonly maxQuantity: number;
}

/** Decides one request on `state`. Pure: neither changes `state` nor looks at anything else. */
export function decide(state: State, request: RequestContent, limits: Limits): Decision {
  switch (request.kind) {
    case 'charge':
      return decideCharge(state, request.payload.user, request.payload.amount, limits);
    case 'order':
      return decideOrder(state, request.payload, limits);
    case 'cancel':
      return decideCancel(state, request.payload.order, limits);
    case 'restock':
      return decideRestock(state, request.payload.product, request.payload.quantity, limits);
  }
}

/**
 * Carries the effects of an applied request into `state`, for the requests after it.
 *
 * @param id of the request, which its order has, too.
 * @param now when it is applied.
 */
export function advance(state: State, id: number, effects: Effects, now: Date): void {
  const { ledger, stock, order, cancelled, cart } = effects;
  // its cancel may be recorded before it is decided, and be in the same group
  if (order !== null) state.orders.set(id, { id, ...order, status: 'placed', createdAt: now });
  if (ledger !== null) state.users.set(ledger.userId, { id: ledger.userId, balance: ledger.balanceAfter });
  for (const { productId, stockAfter } of stock) {
    const product = state.products.get(productId);
    if (product !== undefined) state.products.set(productId, { ...product, stock: stockAfter });
  }
  if (cancelled !== null) state.orders.set(cancelled.id, { ...cancelled, status: 'cancelled' });
  const before = cart === null ? undefined : state.carts.get(cart.id);
  if (cart !== null && before !== undefined) {
    const lines = new Map([...new Map([...before.lines, ...cart.left])].filter(([, quantity]) => quantity > 0));
    state.carts.set(cart.id, { ...before, lines });
  }
}

function decideCharge(state: State, ref: Ref, amount: number, { maxPoints }: Limits): Decision {
  const user = findUser(state, ref);
  if (user === undefined) return refuse('INVALID_USER', { user: ref });
  if (amount > maxPoints - user.balance) return refuseBalance(user, amount, maxPoints);
  const balanceAfter = user.balance + amount;
  return {
    status: 'applied',
    details: { userId: user.id, amount, balance: balanceAfter },
    effects: { ...NO_EFFECTS, ledger: { userId: user.id, type: 'charge', amount, balanceAfter } },
  };
}

function decideRestock(state: State, ref: Ref, quantity: number, { maxPoints }: Limits): Decision {
  const product = findProduct(state, ref);
  if (product === undefined) return refuse('INVALID_PRODUCT', { products: [ref] });
  if (quantity > maxPoints - product.stock) return refuseStock(product, quantity, maxPoints);
  const stockAfter = product.stock + quantity;
  const { id, reference, name, price } = product;
  return {
    status: 'applied',
    details: { id, reference, name, price, stock: stockAfter },
    effects: { ...NO_EFFECTS, stock: [{ productId: id, type: 'restock', quantity, stockAfter }] },
  };
}

function decideOrder(state: State, payload: OrderPayload, { maxQuantity }: Limits): Decision {
  const user = findUser(state, payload.user);
  if (user === undefined) return refuse('INVALID_USER', { user: payload.user });
  const cart = payload.cart === undefined ? null : state.carts.get(payload.cart);
  if (cart === undefined || (cart !== null && cart.userId !== user.id)) {
    return refuse('INVALID_CART', { user: user.id, cart: payload.cart });
  }

  const { lines, missing } = sumUnits(payload.items, (ref) => findProduct(state, ref));
  if (missing.length > 0) return refuse('INVALID_PRODUCT', { products: missing });

  const notInCart = cart === null ? [] : shortagesOf(lines, ({ id }) => cart.lines.get(id) ?? 0);
  if (notInCart.length > 0) return refuse('INSUFFICIENT_CART_QUANTITY', { userId: user.id, shortages: notInCart });

  const tooMany = lines.find(({ quantity }) => quantity > maxQuantity);
  if (tooMany !== undefined) {
    const { product, quantity } = tooMany;
    return refuse('LIMIT_EXCEEDED', {
      what: `quantity of product ${product.id}`,
      value: quantity,
      maximum: maxQuantity,
    });
  }

  // a total may be beyond what a double holds exactly
  const total = lines.reduce((sum, { product, quantity }) => sum + BigInt(product.price) * BigInt(quantity), 0n);
  if (total > BigInt(user.balance)) {
    return refuse('INSUFFICIENT_POINTS', { userId: user.id, balance: user.balance, total: exact(total) });
  }

  const shortages = shortagesOf(lines, ({ stock }) => stock);
  if (shortages.length > 0) return refuse('INSUFFICIENT_STOCK', { shortages });

  const paid = Number(total);
  const balanceAfter = user.balance - paid;
  return {
    status: 'applied',
    details: {
      userId: user.id,
      total: paid,
      balance: balanceAfter,
      names: lines.map(({ product }) => product.name),
    },
    effects: {
      ...NO_EFFECTS,
      ledger: { userId: user.id, type: 'payment', amount: -paid, balanceAfter },
      stock: lines.map(({ product, quantity }) => ({
        productId: product.id,
        type: 'sale',
        quantity: -quantity,
        stockAfter: product.stock - quantity,
      })),
      order: {
        userId: user.id,
        total: paid,
        lines: lines.map(({ product, quantity }) => ({
          productId: product.id,
          quantity,
          unitPrice: product.price,
        })),
      },
      cart: cart === null ? null : { id: cart.id, left: leftInCart(cart, lines) },
    },
  };
}

function decideCancel(state: State, id: number, { maxPoints }: Limits): Decision {
  const order = state.orders.get(id);
  const user = order === undefined ? undefined : state.users.get(order.userId);
  if (order === undefined || user === undefined) return refuse('INVALID_ORDER', { order: id });
  if (order.status !== 'placed') return refuse('ORDER_NOT_CANCELLABLE', { orderId: id, status: order.status });

  if (order.total > maxPoints - user.balance) return refuseBalance(user, order.total, maxPoints);
  const stock: Effects['stock'][number][] = [];
  const names: string[] = [];
  for (const { productId, quantity } of order.lines) {
    const product = state.products.get(productId);
    if (product === undefined) return refuse('INVALID_PRODUCT', { products: [productId] });
    if (quantity > maxPoints - product.stock) return refuseStock(product, quantity, maxPoints);
    stock.push({ productId, type: 'return', quantity, stockAfter: product.stock + quantity });
    names.push(product.name);
  }
  const balanceAfter = user.balance + order.total;
  return {
    status: 'applied',
    details: { orderId: id, userId: user.id, total: order.total, balance: balanceAfter, names },
    effects: {
      ...NO_EFFECTS,
      ledger: { userId: user.id, type: 'refund', amount: order.total, balanceAfter },
      stock,
      cancelled: order,
    },
  };
}

/** Units of a product: what was asked for, or what is to be. */
export interface Units<Product> {
  readonly product: Product;
  readonly quantity: number;
}

/** One line a product: the same one may be named by its id and by its reference, and the checks are on the sums. */
export function sumUnits<Product extends { readonly id: number }>(
  items: readonly { readonly product: Ref; readonly quantity: number }[],
  find: (ref: Ref) => Product | undefined,
): { lines: Units<Product>[]; missing: Ref[] } {
  const lines = new Map<number, Units<Product>>();
  const missing: Ref[] = [];
  for (const item of items) {
    const product = find(item.product);
    if (product === undefined) missing.push(item.product);
    else lines.set(product.id, { product, quantity: (lines.get(product.id)?.quantity ?? 0) + item.quantity });
  }
  return { lines: [...lines.values()], missing };
}

/** The lines that ask for more than `available` says. */
export function shortagesOf<Product extends { readonly id: number; readonly name: string }>(
  lines: readonly Units<Product>[],
  available: (product: Product) => number,
): Shortage[] {
  return lines
    .filter(({ product, quantity }) => quantity > available(product))
    .map(({ product, quantity }) => ({
      productId: product.id,
      name: product.name,
      requested: quantity,
      available: available(product),
    }));
}

function leftInCart(cart: CartState, lines: readonly Units<ProductState>[]): Map<number, number> {
  return new Map(lines.map(({ product, quantity }) => [product.id, (cart.lines.get(product.id) ?? 0) - quantity]));
}

function refuseBalance(user: UserState, amount: number, maximum: number): Decision {
  const value = exact(BigInt(user.balance) + BigInt(amount));
  return refuse('LIMIT_EXCEEDED', { what: `balance of user ${user.id}`, value, maximum });
}

function refuseStock(product: ProductState, quantity: number, maximum: number): Decision {
  const value = exact(BigInt(product.stock) + BigInt(quantity));
  return refuse('LIMIT_EXCEEDED', { what: `stock of product ${product.id}`, value, maximum });
}

function refuse(code: RefusalCode, details: Record<string, unknown>): Decision {
  return { status: 'refused', code, details };
}

function findUser(state: State, ref: Ref): UserState | undefined {
  const id = typeof ref === 'number' ? ref : state.userIds.get(ref.slice(1));
  return id === undefined ? undefined : state.users.get(id);
}

function findProduct(state: State, ref: Ref): ProductState | undefined {
  const id = typeof ref === 'number' ? ref : state.productIds.get(ref.slice(1));
  return id === undefined ? undefined : state.products.get(id);
}

/** As a number where that is exact, else as a string of digits. */
export function exact(value: bigint): number | string {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}
