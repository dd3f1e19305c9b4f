import { columns, listView, recordView } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RestockOutcome } from '../../domain/requests/kinds/restock.ts';
import type { Product } from '../../domain/shop/products.ts';
import { REQUEST_COLUMNS, type RequestFields } from '../request/view.ts';

const COLUMNS = columns<Product>({
  id: 'identifier',
  reference: 'text',
  name: 'text',
  price: 'amount',
  stock: 'count',
});

/** Columns of one product. */
export const PRODUCT = recordView<Product>(...COLUMNS);

/** Columns of a list of products. */
export const PRODUCTS = listView<Product>(phrase('No products.'), ...COLUMNS);

/** A product after an applied restock. */
type Restocked = RestockOutcome & RequestFields;

/** Columns of an applied restock. */
export const RESTOCKED = recordView<Restocked>(...COLUMNS, ...REQUEST_COLUMNS);
