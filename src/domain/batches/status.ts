/**
 * Statuses by which batches can be listed. `pending`: rows are pending. `incomplete`: no run has sent the whole file. `done`: the
 * whole file was sent, and no row is pending. `cancelled`: the batch was cancelled. An incomplete or cancelled batch can have
 * pending rows, too. This file imports nothing, because help lists these words without loading the code for the database.
 */
export const BATCH_STATUSES = ['pending', 'incomplete', 'done', 'cancelled'] as const;

export type BatchStatus = (typeof BATCH_STATUSES)[number];
