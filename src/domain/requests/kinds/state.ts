import { LEDGER_ROWS, STOCK_ROWS } from '../../../db/entities/row-types.ts';
import { MAX_POINTS, MAX_QUANTITY } from '../../input.ts';

/** The rows that a decision depends on, with the effects of earlier requests. */
export interface State {
  readonly users: Map<number, UserState>;
  readonly products: Map<number, ProductState>;
  /** Orders that requests change, and orders that earlier requests of the group have placed. */
  readonly orders: Map<number, OrderState>;
  /** Carts to check out. */
  readonly carts: Map<number, CartState>;
  /** Ids by reference, without the `@`. A reference that is not in the map does not exist. */
  readonly userIds: ReadonlyMap<string, number>;
  readonly productIds: ReadonlyMap<string, number>;
}

export interface UserState {
  readonly id: number;
  readonly balance: number;
  /** Null unless the user is blocked. */
  readonly blockedAt: Date | null;
}

export interface ProductState {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  readonly price: number;
  readonly stock: number;
  /** Null unless the product is retired. */
  readonly retiredAt: Date | null;
}

export interface OrderState {
  readonly id: number;
  readonly userId: number;
  readonly status: string;
  readonly total: number;
  readonly refunded: number;
  readonly createdAt: Date;
  readonly lines: readonly OrderLineState[];
}

interface OrderLineState {
  readonly productId: number;
  readonly quantity: number;
  readonly unitPrice: number;
  /** Number of units that were returned or cancelled. */
  readonly returned: number;
}

export interface CartState {
  readonly id: number;
  readonly userId: number;
  /** Number of units by product. */
  readonly lines: ReadonlyMap<number, number>;
}

/** The rows and final values that an applied request writes. */
export interface Effects {
  readonly ledger: {
    readonly userId: number;
    readonly type: LedgerType;
    /** The change of the balance; negative for a decrease. */
    readonly amount: number;
    readonly balanceAfter: number;
  } | null;
  readonly stock: readonly {
    readonly productId: number;
    readonly type: StockType;
    /** The change of the stock; negative for a decrease. */
    readonly quantity: number;
    readonly stockAfter: number;
  }[];
  readonly order: { readonly userId: number; readonly total: number; readonly lines: readonly OrderLineState[] } | null;
  /** The order after a return or a cancellation, and the returned units by product. */
  readonly returned: { readonly order: OrderState; readonly units: ReadonlyMap<number, number> } | null;
  /** The quantity of each ordered product that stays in the cart, by product; 0 deletes the line. */
  readonly cart: { readonly id: number; readonly left: ReadonlyMap<number, number> } | null;
}

export type LedgerType = keyof typeof LEDGER_ROWS;
export const LEDGER_TYPES = Object.keys(LEDGER_ROWS) as LedgerType[];

/** The types of stock rows that a request may write. A cancel and a return write rows of the type `return`. */
export type StockType = keyof typeof STOCK_ROWS;
export const STOCK_TYPES = Object.keys(STOCK_ROWS) as StockType[];

/** The maximum values. Rules get these values as an argument, so that a decision depends only on its arguments. */
export interface Limits {
  readonly maxPoints: number;
  readonly maxQuantity: number;
}

/** The limits of the shop. */
export const LIMITS: Limits = { maxPoints: MAX_POINTS, maxQuantity: MAX_QUANTITY };
