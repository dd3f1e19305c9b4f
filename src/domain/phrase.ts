/**
 * Text for people, with its values. The template is in English. To translate the text, the code that prints it looks
 * up the template in the catalogue of the user's language. In JSON, in the database and in logs the text is always in English.
 */
export class Phrase {
  /** The English text with `{0}`, `{1}`, ... as placeholders for the values. */
  readonly template: string;
  /** Values that are phrases are translated too; any other value is converted to text. */
  readonly values: readonly unknown[];

  constructor(template: string, values: readonly unknown[] = []) {
    this.template = template;
    this.values = values;
  }

  /** Returns the English text. */
  toString(): string {
    return fill(this.template, this.values.map(String));
  }

  toJSON(): string {
    return this.toString();
  }
}

/**
 * Creates a phrase from a literal, such as phrase('Nothing was done.'), or from a template with values, such as
 * phrase`There is no user ${user}.`. The argument must be a literal or a template, not a variable, because translations are
 * found by its text.
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

/** A sequence of phrases. It adds no words, so it needs no translation. */
export class Joined extends Phrase {}

/** Joins phrases, or names that are the same in every language. */
export function joined(parts: readonly (Phrase | string)[], separator: string): Phrase {
  return new Joined(parts.map((_, index) => `{${index}}`).join(separator), parts);
}

/** Joins names as alternatives: `a`, `a or b`, `a, b or c`. */
export function either(names: readonly string[]): Phrase | string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : phrase`${names.slice(0, -1).join(', ')} or ${last}`;
}

/** Joins sentences. A null is skipped. */
export function sentences(...parts: readonly (Phrase | null)[]): Phrase {
  return joined(
    parts.filter((part) => part !== null),
    ' ',
  );
}

/** Replaces the placeholders of a template. If a value ends with a full stop, a full stop after its placeholder is dropped. */
export function fill(template: string, texts: readonly string[]): string {
  return template.replace(/\{(\d+)\}(\.?)/g, (_, index, stop) => {
    const text = texts[index] ?? '';
    return text.endsWith('.') ? text : `${text}${stop}`;
  });
}
