import { done, title } from '../../cli/output/marks.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { type Answer, answer, columns, forPeople } from '../../cli/output/view.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Session } from '../../domain/servers/connections.ts';
import type { Cart, CartLine, ChangedCart } from '../../domain/shop/carts.ts';
import { LINE_COLUMNS, linesView } from '../order/view.ts';
import { readUserName } from '../user/view.ts';

/** View of a cart, with its lines. */
const CART = linesView<Cart>(
  [...LINE_COLUMNS, ...columns<CartLine>({ retired: 'flag' })],
  columns<Cart>({ cartId: 'identifier', userId: 'identifier', total: 'amount' }),
);

/** Shows a user's cart. */
export function answerCart(cart: Cart, session: Session): Answer {
  const headline = async ({ cartId, userId }: Cart) => {
    const user = await readUserName(session, userId);
    return title(cartId === null ? phrase`Cart of ${user}` : phrase`Cart ${cartId} of ${user}`);
  };
  return answer(cart, forPeople(CART, { headline, hidden: ['cartId', 'userId'] }));
}

/** Shows a user's cart after a change, with a headline about the changed products. */
export function answerChange(
  { cart, changed }: ChangedCart,
  session: Session,
  sentence: (products: Phrase | string, user: string, total: string) => Phrase,
): Answer {
  const headline = async ({ userId, total }: Cart) => {
    const user = await readUserName(session, userId);
    return done(sentence(productsText(changed), user, grouped(total)));
  };
  return answer(cart, forPeople(CART, { headline, hidden: ['cartId', 'userId'] }));
}

/** Names a single product. Several products are only counted, because the cart below lists them. */
function productsText(changed: ChangedCart['changed']): Phrase | string {
  const [first, ...others] = changed;
  if (first !== undefined && others.length === 0) return `${grouped(first.quantity)} × ${first.product.name}`;
  const units = changed.reduce((sum, { quantity }) => sum + quantity, 0);
  return phrase`${grouped(units)} units of ${grouped(changed.length)} products`;
}
