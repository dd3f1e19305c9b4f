import { done, title } from '../../cli/output/marks.ts';
import { grouped, named, signed } from '../../cli/output/numbers.ts';
import { columns, forPeople, listView, recordView, withSpareColumns } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Outcome } from '../../domain/requests/kinds/index.ts';
import type { Product } from '../../domain/shop/products.ts';
import type { StockMovement } from '../../domain/shop/stock.ts';
import { REQUEST_COLUMNS, REQUEST_REASON, type RequestFields, requestFoot } from '../request/view.ts';

const COLUMNS = columns<Product>({
  id: 'identifier',
  reference: 'text',
  name: 'text',
  price: 'amount',
  stock: 'count',
  retired: 'flag',
});

const RECORD = recordView<Product>(...COLUMNS);

/** View of one product, with its name as the title. */
export const PRODUCT = forPeople(RECORD, {
  headline: ({ id, name }) => title(phrase`${named(name, id)}`),
  hidden: ['id', 'name'],
});

/** View of a product that was created. */
export const CREATED = forPeople(RECORD, {
  headline: ({ id, name, price, stock }) =>
    done(phrase`Product ${named(name, id)} created: price ${grouped(price)}, stock ${grouped(stock)}.`),
  hidden: ['id', 'name', 'price', 'stock'],
});

/** View of a product that was edited. */
export const SAVED = forPeople(PRODUCT, {
  headline: ({ id, name }) => done(phrase`Product ${named(name, id)} saved.`),
});

/** View of a product whose edit changed nothing. */
export const UNCHANGED = forPeople(PRODUCT, {
  headline: ({ id, name }) => done(phrase`Product ${named(name, id)} already has these values; nothing was changed.`),
});

/** View of a product that was taken off sale. */
export const RETIRED = forPeople(RECORD, {
  headline: ({ id, name }) => done(phrase`Product ${named(name, id)} is retired.`),
  hidden: COLUMNS.map(({ name }) => name),
});

/** View of a product that was put on sale again. */
export const RESTORED = forPeople(RECORD, {
  headline: ({ id, name }) => done(phrase`Product ${named(name, id)} is on sale.`),
  hidden: COLUMNS.map(({ name }) => name),
});

/** View of a product with its new price. */
export const REPRICED = forPeople(RECORD, {
  headline: ({ id, name, price }) => done(phrase`The price of ${named(name, id)} is now ${grouped(price)}.`),
  hidden: COLUMNS.map(({ name }) => name),
});

/** Columns of a list of products. */
export const PRODUCTS = listView<Product>(phrase('No products.'), ...COLUMNS);

/** Columns of the list of a product's stock changes. */
export const HISTORY = withSpareColumns(
  listView<StockMovement>(
    phrase('No stock changes.'),
    ...columns<StockMovement>({
      id: 'identifier',
      type: 'word',
      quantity: 'count',
      stockAfter: 'count',
      requestId: 'identifier',
      orderId: 'identifier',
      reason: 'text',
      createdAt: 'time',
    }),
  ),
  'requestId',
);

/** A product after an applied restock. */
type Restocked = Outcome<'restock'> & RequestFields;

const RESTOCKED = [...COLUMNS, ...REQUEST_COLUMNS, ...REQUEST_REASON];

/** Creates the view of an applied restock by this number of units. */
export function restocked(quantity: number) {
  return forPeople(recordView<Restocked>(...RESTOCKED), {
    headline: ({ id, name, stock }) =>
      done(phrase`Added ${grouped(quantity)} to the stock of ${named(name, id)}. Stock: ${grouped(stock)}.`),
    hidden: RESTOCKED.map(({ name }) => name),
    foot: requestFoot,
  });
}

/** The outcome of an applied adjustment, with the product's new stock. */
type Adjusted = Outcome<'stock-adjust'> & RequestFields;

const ADJUSTED_COLUMNS = [
  ...COLUMNS,
  ...REQUEST_COLUMNS,
  ...columns<Adjusted>({ before: 'count', difference: 'count' }),
  ...REQUEST_REASON,
];

/** View of an applied adjustment. */
export const ADJUSTED = forPeople(recordView<Adjusted>(...ADJUSTED_COLUMNS), {
  headline: ({ id, name, stock, difference }) =>
    done(
      difference === 0
        ? phrase`Recorded the count of ${named(name, id)}. Stock: ${grouped(stock)}, no difference.`
        : phrase`Adjusted the stock of ${named(name, id)} by ${signed(difference)}. Stock: ${grouped(stock)}.`,
    ),
  hidden: ADJUSTED_COLUMNS.map(({ name }) => name),
  foot: requestFoot,
});
