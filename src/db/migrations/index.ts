import type { MigrationInterface } from 'typeorm';
import { InitialSchema1795900000000 } from './1795900000000-initial-schema.ts';

/** All migrations, oldest first. New migrations are only appended, and a released migration never changes. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [InitialSchema1795900000000];
