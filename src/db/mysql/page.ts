/** The page of a list to read. */
export interface Page {
  /** Maximum number of rows. */
  readonly limit: number;
  /** Id of the previous page's last row. */
  readonly after?: number | undefined;
}
