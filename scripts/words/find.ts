import { basename } from 'node:path';
import ts from 'typescript';
import { NAMES, PATTERNS } from './patterns.ts';

export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly word: string;
  readonly replacement: string;
}

const SOURCE = /\.(?:ts|js|mjs|cjs)$/;
const STRINGS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateHead,
  ts.SyntaxKind.TemplateMiddle,
  ts.SyntaxKind.TemplateTail,
]);
/** Placeholder for code, so that no pattern matches across it. */
const CODE = '\0';

/**
 * Returns true for a file with English texts. The patterns themselves, Korean texts and generated files are not
 * checked.
 */
export function isRead(file: string): boolean {
  return (
    (SOURCE.test(file) || /\.(?:md|yaml|yml|grit)$|^Dockerfile$|^(?:bin|\.ci)\//.test(file)) &&
    !/^scripts\/words\/|^src\/cli\/i18n\/korean\/|^test\/golden\//.test(file)
  );
}

/** Finds wordings that have a plainer form, in a file's text and in its name. */
export function findWords(file: string, text: string): Finding[] {
  const prose = SOURCE.test(file) ? proseOfSource(text) : withoutInlineCode(text);
  const found = PATTERNS.filter(({ allowed }) => allowed?.test(file) !== true).flatMap(({ find, replacement }) => {
    const pattern = new RegExp(find.source.replaceAll(' ', '\\s+'), 'gi');
    return Array.from(prose.matchAll(pattern), ({ 0: match, index }) => ({
      file,
      line: prose.slice(0, index).split('\n').length,
      word: match.replace(/\s+/g, ' '),
      replacement,
    }));
  });
  const name = NAMES.find.exec(basename(file))?.[0];
  if (name !== undefined && NAMES.allowed?.test(file) !== true) {
    found.push({ file, line: 1, word: `${name} (file name)`, replacement: NAMES.replacement });
  }
  return found.sort((one, other) => one.line - other.line);
}

/**
 * Replaces the code of a source file with placeholders, so that the offsets of the remaining text don't change. Comments remain,
 * and so do strings that contain a space.
 */
function proseOfSource(text: string): string {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const prose: string[] = [];
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(source).filter((child) => !ts.isJSDoc(child));
    children.forEach(visit);
    if (children.length > 0) return;
    const comments = text.slice(node.getFullStart(), node.getStart(source));
    prose.push(withoutInlineCode(comments.replace(/^[ \t]*(?:\* |\/\/ )/gm, (marker) => ' '.repeat(marker.length))));
    const token = node.getText(source);
    prose.push(STRINGS.has(node.kind) && token.includes(' ') ? token : blank(token));
  };
  visit(source);
  return prose.join('');
}

function withoutInlineCode(text: string): string {
  return text.replace(/(?<!`)`[^`]+`(?!`)/g, blank);
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, CODE);
}
