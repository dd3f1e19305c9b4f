/** What requests are decided on: all rows that they name, as the requests before them have left these rows. */
export interface State {
  readonly users: Map<number, UserState>;
  readonly products: Map<number, ProductState>;
  /** Orders that requests change, and those that were placed by the requests before. */
  readonly orders: Map<number, OrderState>;
  /** Carts that are checked out. */
  readonly carts: Map<number, CartState>;
  /** Ids by reference, without the `@`; a reference that is missing here does not exist. */
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

/** What an applied request writes, each value final. */
export interface Effects {
  readonly ledger: {
    readonly userId: number;
    readonly type: LedgerType;
    /** Signed: what the balance goes up by. */
    readonly amount: number;
    readonly balanceAfter: number;
  } | null;
  readonly stock: readonly {
    readonly productId: number;
    readonly type: StockType;
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

/** The types of ledger rows, which the table's CHECK allows. */
export type LedgerType = 'charge' | 'payment' | 'refund' | 'adjustment';

/** The types of stock rows that a request may write, which the table's CHECK allows. */
type StockType = 'restock' | 'sale' | 'return' | 'adjustment';

interface DecidedLine {
  readonly productId: number;
  readonly quantity: number;
  readonly unitPrice: number;
}

/** The largest values; they are arguments, so that a rule decides on nothing else. */
export interface Limits {
  readonly maxPoints: number;
  readonly maxQuantity: number;
}
