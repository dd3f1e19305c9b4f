import { balanceProof } from '../../audit/kind-proof.ts';
import { MAX_AMOUNT, type Ref } from '../../input.ts';
import { phrase } from '../../phrase.ts';
import { readAmount, readRef } from './cells.ts';
import type { Kind } from './kind.ts';
import { balanceAboveLimit, findUser, NO_EFFECTS, refuse } from './rules.ts';

export interface ChargePayload {
  readonly user: Ref;
  readonly amount: number;
}

export interface ChargeOutcome {
  readonly userId: number;
  readonly amount: number;
  /** The balance after the charge. */
  readonly balance: number;
  readonly transactionId: number;
}

/** Adds points to a user's balance. */
export const charge: Kind<'charge', ChargePayload, ChargeOutcome> = {
  name: 'charge',
  failureCode: 'CHARGE_FAILED',
  title: phrase('The charge'),
  activity: { actions: [{ name: 'charge' }], subject: 'user', after: ['amount', 'balance'] },
  schema: ({ object, ref, whole }) => object({ user: ref, amount: whole(MAX_AMOUNT) }),
  row: {
    required: [['user'], ['amount']],
    read: (cells) => ({ user: readRef('user', cells), amount: readAmount(cells) }),
  },
  canonical: ({ user, amount }) => ['charge', user, amount],
  touches({ user }, { users }) {
    users.add(user);
  },
  decide(state, { user: ref, amount }, { maxPoints }) {
    const user = findUser(state, ref);
    if (user === undefined) return refuse('INVALID_USER', { user: ref });
    const aboveLimit = balanceAboveLimit(user, amount, maxPoints);
    if (aboveLimit !== null) return aboveLimit;
    const balanceAfter = user.balance + amount;
    return {
      status: 'applied',
      details: { userId: user.id, amount, balance: balanceAfter },
      effects: { ...NO_EFFECTS, ledger: { userId: user.id, type: 'charge', amount, balanceAfter } },
    };
  },
  prove: balanceProof('charge', 'charge'),
};
