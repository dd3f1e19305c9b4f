/** Who makes a change, and on which machine. */
export interface Origin {
  readonly actor: string;
  readonly host: string;
}

/** Who makes a request, and under which idempotency key. */
export interface RequestOrigin extends Origin {
  readonly key: string;
}
