import { balanceProof } from '../../audit/kind-proof.ts';
import { MAX_AMOUNT, type Ref } from '../../input.ts';
import { phrase } from '../../phrase.ts';
import { readChange, readRef } from './cells.ts';
import type { ChargeOutcome } from './charge.ts';
import type { Kind } from './kind.ts';
import { balanceAboveLimit, findUser, insufficientPoints, NO_EFFECTS, refuse } from './rules.ts';

export interface PointsAdjustPayload {
  readonly user: Ref;
  /** The change of the balance; negative to subtract points, never 0. */
  readonly amount: number;
}

/** Corrects a user's balance by a signed amount. */
export const pointsAdjust: Kind<'points-adjust', PointsAdjustPayload, ChargeOutcome> = {
  name: 'points-adjust',
  failureCode: 'ADJUST_FAILED',
  title: phrase('The adjustment'),
  hints: {
    INSUFFICIENT_POINTS: ({ userId }) => phrase`See the ledger with \`shop balance history ${userId}\`.`,
  },
  reasonRequired: true,
  activity: { actions: [{ name: 'balance adjust' }], subject: 'user', after: ['amount', 'balance'] },
  schema: ({ object, ref, change }) => object({ user: ref, amount: change(MAX_AMOUNT) }),
  row: {
    required: [['user'], ['amount']],
    read: (cells) => ({ user: readRef('user', cells), amount: readChange('amount', cells, MAX_AMOUNT) }),
  },
  canonical: ({ user, amount }) => ['points-adjust', user, amount],
  touches({ user }, { users }) {
    users.add(user);
  },
  decide(state, { user: ref, amount }, { maxPoints }) {
    const user = findUser(state, ref);
    if (user === undefined) return refuse('INVALID_USER', { user: ref });
    const refused = insufficientPoints(user, BigInt(-amount)) ?? balanceAboveLimit(user, amount, maxPoints);
    if (refused !== null) return refused;
    const balanceAfter = user.balance + amount;
    return {
      status: 'applied',
      details: { userId: user.id, amount, balance: balanceAfter },
      effects: { ...NO_EFFECTS, ledger: { userId: user.id, type: 'adjustment', amount, balanceAfter } },
    };
  },
  prove: balanceProof('points-adjust', 'adjustment'),
};
