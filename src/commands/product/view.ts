import { fields, listView, recordView } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Product } from '../../domain/shop/products.ts';

const COLUMNS = fields<Product>('id', 'reference', 'name', 'price', 'stock');

/** Columns of one product. */
export const PRODUCT = recordView<Product>(...COLUMNS);

/** Columns of a list of products. */
export const PRODUCTS = listView<Product>(phrase('No products.'), ...COLUMNS);
