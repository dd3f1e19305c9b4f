/**
 * Characters that a reader can't see: controls, separators of lines, marks that turn the direction of writing, characters
 * of no width, and fillers. Selectors of a variant, and joiners within an emoji, show in the character that they change.
 */
const UNSEEN =
  /[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800\ufff9-\ufffb](?<!\p{Variation_Selector}|[\p{Extended_Pictographic}\p{Emoji_Modifier}]\ufe0f?\u200d(?=\p{Extended_Pictographic}))/gu;

/** Text from data, safe for a terminal: characters that a reader can't see as escapes. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escapeOf);
}

/** JSON with the same characters as its own escapes; the line breaks between its parts stay. */
export function visibleJson(json: string): string {
  return json.replace(UNSEEN, (character) => (character === '\n' ? character : unitEscapes(character)));
}

function escapeOf(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : unitEscapes(character);
}

/** One or two escapes: a character beyond U+FFFF has two units. */
function unitEscapes(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
