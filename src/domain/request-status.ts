/** What a request may be: without an outcome, or one of the stored outcomes. Apart, for help needs it and no database. */
export const REQUEST_STATUSES = ['pending', 'applied', 'refused', 'failed'] as const;
