import { ActivityEntity } from './activity.ts';
import { AttemptEntity } from './attempt.ts';
import { BatchEntity, BatchExceptionEntity } from './batch.ts';
import { CartEntity, CartLineEntity } from './cart.ts';
import { HourlySalesEntity } from './hourly-sales.ts';
import { OrderEntity, OrderLineEntity } from './order.ts';
import { OutcomeEntity } from './outcome.ts';
import { PointTransactionEntity } from './point-transaction.ts';
import { ProductEntity } from './product.ts';
import { QueueStateEntity } from './queue-state.ts';
import { RequestEntity } from './request.ts';
import { RetryEntity } from './retry.ts';
import { StockMovementEntity } from './stock-movement.ts';
import { UserEntity } from './user.ts';
import { WithdrawalEntity } from './withdrawal.ts';

/** Entities of all tables. `db status` compares the database with them. */
export const ENTITIES = [
  UserEntity,
  ProductEntity,
  RequestEntity,
  OutcomeEntity,
  AttemptEntity,
  RetryEntity,
  QueueStateEntity,
  OrderEntity,
  OrderLineEntity,
  PointTransactionEntity,
  StockMovementEntity,
  HourlySalesEntity,
  CartEntity,
  CartLineEntity,
  BatchEntity,
  BatchExceptionEntity,
  WithdrawalEntity,
  ActivityEntity,
];
