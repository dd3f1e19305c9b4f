import { fields } from '../../cli/output/view.ts';
import type { Cart } from '../../domain/shop/carts.ts';
import { linesView } from '../order/view.ts';

export const CART = linesView(...fields<Cart>('cartId', 'userId', 'total'));
