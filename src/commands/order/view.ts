import { type Cell, type Column, field, fields, type View } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Order } from '../../domain/shop/orders.ts';

/** What has lines: an order, or a cart. */
interface Lined {
  readonly lines: readonly Line[];
}

type Line = Readonly<Record<(typeof LINE_FIELDS)[number], Cell>>;

/** A line together with what it belongs to: one row of a flat format. */
type Row<Whole extends Lined> = Whole & { readonly line: Line };

const LINE_FIELDS = ['productId', 'name', 'quantity', 'unitPrice', 'amount'] as const;

/** A view of an order or a cart: these columns, then those of its lines; a receipt, as a table. */
export function linesView<Whole extends Lined>(...columns: Column<Whole>[]): View<Whole, Row<Whole>> {
  return {
    kind: 'record',
    columns,
    rows: (whole) => whole.lines.map((line) => ({ ...whole, line })),
    lines: {
      columns: LINE_FIELDS.map((name) => ({
        name,
        value: ({ line }) => line[name],
        kind: field<Line>(name).kind,
      })),
      empty: phrase('No products.'),
      sums: ['total', 'balance'],
      foot: ['requestId', 'key', 'replayed', 'attempts'],
    },
  };
}

/** An order as it is shown. */
export const ORDER = linesView(...fields<Order>('orderId', 'userId', 'status', 'total', 'createdAt'));
