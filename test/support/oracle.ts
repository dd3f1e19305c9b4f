import { parse } from 'csv-parse/sync';

/** Expected outcome of one row of a batch file. */
export interface ExpectedRow {
  readonly line: number;
  readonly key: string;
  readonly kind: string;
  readonly status: 'applied' | 'refused';
  readonly code: string | null;
  /** The user's balance afterwards; null if the row is refused. */
  readonly balance: number | null;
}

/** Expected state of a product. */
export interface ExpectedProduct {
  readonly reference: string;
  readonly name: string;
  readonly price: number;
  stock: number;
  sold: number;
}

type Cells = Readonly<Record<string, string>>;

/**
 * A second implementation of the rules of charges and orders, as simple as possible: one row after another, in memory.
 * It shares no code with the program, so it does not share the program's faults. Users and products are named by their
 * references. Each row must be valid and on one line, and each key must be new.
 */
export class Oracle {
  /** Balances by user reference. */
  readonly balances = new Map<string, number>();
  readonly products = new Map<string, ExpectedProduct>();

  /**
   * @param users CSV with `reference`
   * @param products CSV with `reference,name,price,stock`
   */
  constructor(users: string, products: string) {
    for (const { reference = '' } of rowsOf(users)) this.balances.set(reference, 0);
    for (const { reference = '', name = '', price, stock } of rowsOf(products)) {
      this.products.set(reference, { reference, name, price: Number(price), stock: Number(stock), sold: 0 });
    }
  }

  /**
   * Processes a batch file.
   *
   * @param name name of the batch, from which rows without a key get one.
   */
  run(batch: string, name = ''): ExpectedRow[] {
    return rowsOf(batch).map((cells, index) => {
      const line = index + 2;
      const kind = cells.kind || 'order';
      const key = cells.key || `${name}:${line}`;
      const user = (cells.user ?? '').slice(1);
      const code = kind === 'charge' ? this.#charge(user, Number(cells.amount)) : this.#order(user, cells.items ?? '');
      if (code !== null) return { line, key, kind, status: 'refused', code, balance: null };
      return { line, key, kind, status: 'applied', code, balance: this.balances.get(user) ?? null };
    });
  }

  /** Returns the products with the most units sold. Products with equal sales are in the order of the product file. */
  top(count: number): ExpectedProduct[] {
    return [...this.products.values()]
      .filter(({ sold }) => sold > 0)
      .sort((a, b) => b.sold - a.sold)
      .slice(0, count);
  }

  #charge(user: string, amount: number): string | null {
    const balance = this.balances.get(user);
    if (balance === undefined) return 'INVALID_USER';
    if (balance + amount > Number.MAX_SAFE_INTEGER) return 'LIMIT_EXCEEDED';
    this.balances.set(user, balance + amount);
    return null;
  }

  #order(user: string, items: string): string | null {
    const wanted = new Map<string, number>();
    for (const item of items.split(' ')) {
      const [product = '', quantity = '1'] = item.slice(1).split(':');
      wanted.set(product, (wanted.get(product) ?? 0) + Number(quantity));
    }
    const balance = this.balances.get(user);
    if (balance === undefined) return 'INVALID_USER';

    const lines: { product: ExpectedProduct; quantity: number }[] = [];
    for (const [reference, quantity] of wanted) {
      const product = this.products.get(reference);
      if (product === undefined) return 'INVALID_PRODUCT';
      lines.push({ product, quantity });
    }

    let total = 0;
    for (const { product, quantity } of lines) total += product.price * quantity;
    if (total > balance) return 'INSUFFICIENT_POINTS';
    for (const { product, quantity } of lines) if (quantity > product.stock) return 'INSUFFICIENT_STOCK';

    this.balances.set(user, balance - total);
    for (const { product, quantity } of lines) {
      product.stock -= quantity;
      product.sold += quantity;
    }
    return null;
  }
}

function rowsOf(csv: string): Cells[] {
  return parse(csv, { columns: true });
}
