/**
 * A pattern of LIKE for what begins with a text of the characters that references and keys may have: of these, one alone
 * stands for others in a pattern.
 */
export function likePrefix(text: string): string {
  return `${text.replaceAll('_', '\\_')}%`;
}
