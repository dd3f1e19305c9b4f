/** The actor and the host that make a change. */
export interface Origin {
  readonly actor: string;
  readonly host: string;
}

/** The origin of a request, with its idempotency key. */
export interface RequestOrigin extends Origin {
  readonly key: string;
}
