import type { MigrationInterface } from 'typeorm';
import { InitialSchema1763800000000 } from './1763800000000-initial-schema.ts';

/** All migrations, oldest first. Append only: one that was ever released is never changed. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [InitialSchema1763800000000];
