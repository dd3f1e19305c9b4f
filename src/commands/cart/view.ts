import { columns } from '../../cli/output/view.ts';
import type { Cart } from '../../domain/shop/carts.ts';
import { linesView } from '../order/view.ts';

/** Columns of a cart, with its lines. */
export const CART = linesView(...columns<Cart>({ cartId: 'identifier', userId: 'identifier', total: 'amount' }));
