/**
 * A text for people, with the values that it tells of. It is told in English unless it is translated: whoever shows it
 * looks its template up in a catalogue of another language. In JSON, in the database and in logs it is its English text.
 */
export class Phrase {
  /** The English text with `{0}`, `{1}`, ... where its values stand. */
  readonly template: string;
  /** A phrase among them is translated as well; of anything else its text is taken as it is. */
  readonly values: readonly unknown[];

  constructor(template: string, values: readonly unknown[] = []) {
    this.template = template;
    this.values = values;
  }

  /** In English. */
  toString(): string {
    return fill(this.template, this.values.map(String));
  }

  toJSON(): string {
    return this.toString();
  }
}

/**
 * The phrase of a literal: phrase('Nothing was done.'), or with values phrase`There is no user ${user}.`. The literal is
 * what translations are found by, so that it has to stand in the call itself.
 */
export function phrase(literal: string): Phrase;
export function phrase(literal: TemplateStringsArray, ...values: readonly unknown[]): Phrase;
export function phrase(literal: string | TemplateStringsArray, ...values: readonly unknown[]): Phrase {
  if (typeof literal === 'string') return new Phrase(literal);
  return new Phrase(
    literal.reduce((text, part, index) => `${text}{${index - 1}}${part}`),
    values,
  );
}

/** Phrases one behind the other: it has no words but theirs, and is the same in any language. */
export class Joined extends Phrase {}

/** Phrases, or names that are the same in any language, one behind the other. */
export function joined(parts: readonly (Phrase | string)[], separator: string): Phrase {
  return new Joined(parts.map((_, index) => `{${index}}`).join(separator), parts);
}

/** Names of which one is meant: `mysqld or mariadbd`. */
export function either(names: readonly string[]): Phrase | string {
  const [first = '', ...others] = names;
  return others.reduce<Phrase | string>((before, name) => phrase`${before} or ${name}`, first);
}

/** Sentences one behind the other; those that are not to be said are null. */
export function sentences(...parts: readonly (Phrase | null)[]): Phrase {
  return joined(
    parts.filter((part) => part !== null),
    ' ',
  );
}

/** A template with a text for each of its holes; one that is a sentence already ends with its own full stop. */
export function fill(template: string, texts: readonly string[]): string {
  return template.replace(/\{(\d+)\}(\.?)/g, (_, index, stop) => {
    const text = texts[index] ?? '';
    return text.endsWith('.') ? text : `${text}${stop}`;
  });
}
