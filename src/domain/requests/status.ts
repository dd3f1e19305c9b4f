/**
 * All statuses of a request. This file imports nothing, because help lists these words without loading the code for the
 * database.
 */
export const REQUEST_STATUSES = ['pending', 'applied', 'refused', 'failed'] as const;

export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** The status of a stored outcome. */
export type OutcomeStatus = Exclude<RequestStatus, 'pending'>;
