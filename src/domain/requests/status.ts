/** What a request may be: without an outcome, or one of the stored outcomes. Help needs these words and no database. */
export const REQUEST_STATUSES = ['pending', 'applied', 'refused', 'failed'] as const;

export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** The status of a stored outcome. */
export type OutcomeStatus = Exclude<RequestStatus, 'pending'>;
