import { fields, listView, recordView } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Product } from '../../domain/product.ts';

const COLUMNS = fields<Product>('id', 'reference', 'name', 'price', 'stock');

export const PRODUCT = recordView<Product>(...COLUMNS);

export const PRODUCTS = listView<Product>(phrase('No products.'), ...COLUMNS);
