import type { MigrationInterface } from 'typeorm';
import { InitialSchema1795900000000 } from './1795900000000-initial-schema.ts';

/** All migrations, oldest first. Append only: a migration that was released is never changed. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [InitialSchema1795900000000];
