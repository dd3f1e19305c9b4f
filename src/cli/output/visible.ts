/**
 * Matches characters that a reader can't see: control characters, line separators, bidirectional marks, characters without
 * width, and fillers. Does not match variation selectors or joiners within an emoji, because they change how another character
 * looks.
 */
const UNSEEN =
  /[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800\ufff9-\ufffb](?<!\p{Variation_Selector}|[\p{Extended_Pictographic}\p{Emoji_Modifier}]\ufe0f?\u200d(?=\p{Extended_Pictographic}))/gu;

/** Makes text from data safe for a terminal by replacing invisible characters with escapes. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escapeOf);
}

/** Escapes the same characters in JSON as `visible` does in text, except for line breaks, which only indent the JSON. */
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

/** Returns one escape, or two for a character beyond U+FFFF, because such a character has two UTF-16 units. */
function unitEscapes(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
