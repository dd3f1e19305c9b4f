import type { MigrationInterface } from 'typeorm';
import { InitialSchema1763800000000 } from './1763800000000-initial-schema.ts';
import { CancelOrders1763900000000 } from './1763900000000-cancel-orders.ts';
import { HourlySales1763900100000 } from './1763900100000-hourly-sales.ts';
import { Carts1763900200000 } from './1763900200000-carts.ts';
import { Batches1763900300000 } from './1763900300000-batches.ts';
import { Attempts1763900400000 } from './1763900400000-attempts.ts';
import { NarrowerIndexes1763900500000 } from './1763900500000-narrower-indexes.ts';
import { QueueControl1763900600000 } from './1763900600000-queue-control.ts';

/** All migrations, oldest first. Append only: one that was ever released is never changed. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  InitialSchema1763800000000,
  CancelOrders1763900000000,
  HourlySales1763900100000,
  Carts1763900200000,
  Batches1763900300000,
  Attempts1763900400000,
  NarrowerIndexes1763900500000,
  QueueControl1763900600000,
];
