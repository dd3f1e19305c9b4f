/** A page of a list, in the order of the list. */
export interface Page {
  /** Maximum number of rows. */
  readonly limit: number;
  /** Id of the previous page's last row. */
  readonly after?: number | undefined;
}
