import { done, title } from '../../cli/output/marks.ts';
import { named } from '../../cli/output/numbers.ts';
import { type Answer, answer, columns, forPeople } from '../../cli/output/view.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Session } from '../../domain/servers/connections.ts';
import type { Cart } from '../../domain/shop/carts.ts';
import { linesView } from '../order/view.ts';

/** Columns of a cart, with its lines. */
const CART = linesView(...columns<Cart>({ cartId: 'identifier', userId: 'identifier', total: 'amount' }));

/** A user's cart. */
export async function answerCart(cart: Cart, session: Session): Promise<Answer> {
  const user = await readUser(cart, session);
  const { cartId } = cart;
  const text = cartId === null ? phrase`Cart of ${user}` : phrase`Cart ${cartId} of ${user}`;
  return answer(cart, forPeople(CART, { headline: () => title(text), hidden: ['cartId', 'userId'] }));
}

/** A user's cart after a change, in the words of `changed`. */
export async function answerChange(cart: Cart, session: Session, changed: (user: string) => Phrase): Promise<Answer> {
  const user = await readUser(cart, session);
  const view = forPeople(CART, { headline: () => done(changed(user)), hidden: ['cartId', 'userId'] });
  return answer(cart, view);
}

async function readUser({ userId }: Cart, session: Session): Promise<string> {
  const { readBalance } = await import('../../domain/shop/points.ts');
  const { name } = await readBalance(session, userId);
  return named(name, userId);
}
