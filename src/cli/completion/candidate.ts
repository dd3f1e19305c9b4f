/** A word that may stand where the cursor is, and what it is, for people. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}
