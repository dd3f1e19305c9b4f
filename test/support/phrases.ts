import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Language } from '../../src/cli/i18n/language.ts';
import { columnLabel } from '../../src/cli/output/cells.ts';
import { Program } from '../../src/cli/program.ts';
import { PROGRAM } from '../../src/commands/index.ts';

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));

/** Every text that the program can print, as the keys of translations: templates and texts in English. */
export interface Phrases {
  readonly all: ReadonlySet<string>;
  /** Calls of `phrase` whose argument is not a literal, so that their texts can't be translated. */
  readonly withoutLiteral: readonly string[];
}

export async function collectPhrases(): Promise<Phrases> {
  const collected = new Set(await helpTexts());
  const withoutLiteral: string[] = [];
  for (const name of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
    const path = join(SOURCES, name);
    const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      const template = templateOf(node);
      if (template === null) withoutLiteral.push(`${name}: ${node.getText()}`);
      else if (template !== undefined) collected.add(template);
      for (const label of labelsOf(node)) collected.add(columnLabel(label));
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { all: new Set([...collected].filter(hasWords)), withoutLiteral };
}

/**
 * Returns the template of a call of `phrase`. Returns null if the argument is not a literal, and undefined if the node
 * is not such a call.
 */
function templateOf(node: ts.Node): string | null | undefined {
  if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'phrase') {
    if (ts.isNoSubstitutionTemplateLiteral(node.template)) return node.template.text;
    const { head, templateSpans } = node.template;
    return [head.text, ...templateSpans.map(({ literal }, index) => `{${index}}${literal.text}`)].join('');
  }
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'phrase') return undefined;
  const [literal] = node.arguments;
  return literal !== undefined && ts.isStringLiteralLike(literal) ? literal.text : null;
}

/** Returns the names of the columns that a table can show. */
function labelsOf(node: ts.Node): readonly string[] {
  if (ts.isCallExpression(node) && node.expression.getText() === 'columns') {
    return node.arguments
      .filter(ts.isObjectLiteralExpression)
      .flatMap(({ properties }) => properties.flatMap(({ name }) => name?.getText() ?? []));
  }
  if (ts.isObjectLiteralExpression(node)) {
    const named = node.properties.map((property) => [property.name?.getText(), property] as const);
    const name = named.find(([key]) => key === 'name')?.[1];
    if (named.some(([, property]) => property.getText() === "only: 'data'")) return [];
    const isColumn = named.some(([key]) => key === 'value') && name !== undefined && ts.isPropertyAssignment(name);
    return isColumn && ts.isStringLiteralLike(name.initializer) ? [name.initializer.text] : [];
  }
  return [];
}

/** Collects the texts of the help of every command, and the names of arguments, which prompts use. */
async function helpTexts(): Promise<ReadonlySet<string>> {
  const asked = new Set<string>();
  const recorder: Language = {
    code: 'en',
    translate: (text) => {
      asked.add(text.template);
      return String(text);
    },
    text: (english) => {
      asked.add(english);
      return english;
    },
  };
  const ignored = { write: () => true };
  const program = new Program(PROGRAM, { streams: { stdout: ignored, stderr: ignored }, language: recorder });
  const plain = new Set<string>();
  for (const command of await program.all()) {
    command.outputHelp();
    const { arguments: specs = [], options = {} } = program.shapeOf(command);
    for (const { name } of specs) asked.add(name);
    // a description that only lists the allowed words is not translated
    for (const { description, values } of [...specs, ...Object.values(options)]) {
      if (Array.isArray(values) && description === values.join(', ')) plain.add(description);
    }
  }
  return new Set([...asked].filter((text) => !plain.has(text)));
}

function hasWords(template: string): boolean {
  return /\p{L}/u.test(template.replace(/\{\d+\}/g, ''));
}
