/** Minimum and maximum of `SHOP_RANKING_PERIOD` and `SHOP_LOG_PERIOD`, in milliseconds. */
export const [SHORTEST_PERIOD_MS, LONGEST_PERIOD_MS] = [1_000, 86_400_000];

/** A host name or an address; an IPv6 address has no brackets. */
export const HOST = /^[A-Za-z0-9._:%-]{1,253}$/;

export const MAX_PORT = 65_535;
