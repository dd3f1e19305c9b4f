import { describe, expect, it } from 'vitest';
import { findWords, isRead } from './find.ts';

const found = (file: string, ...lines: string[]) =>
  findWords(file, lines.join('\n')).map(({ line, word }) => `${line}: ${word}`);

describe('findWords', () => {
  it('finds a wording in comments, even if it spans two lines', () => {
    expect(
      found(
        'src/x.ts',
        'const a = 1; // goes on',
        '/**',
        ' * Prints what was asked',
        ' * for.',
        ' */',
        'a();',
        '',
        '// anew',
      ),
    ).toEqual(['1: goes on', '3: asked for', '8: anew']);
  });

  it('finds a wording in the sentences of strings and templates', () => {
    const lines = ["it('tells why', () => {});", 'const b = phrase`a row goes', '  on`;', 'f("for good");'];
    expect(found('src/x.ts', ...lines)).toEqual(['1: tells', '2: goes on', '4: for good']);
  });

  it('ignores code, words that are values, and code in backticks', () => {
    const lines = [
      "import { told } from './told.ts';",
      "const anew = 'anew';",
      '// returns `the answer`',
      '/told us/;',
    ];
    expect(found('src/x.ts', ...lines)).toEqual([]);
  });

  it('does not match across code', () => {
    expect(found('src/x.ts', "f('it goes', 'on and on');")).toEqual([]);
  });

  it('finds a doc comment that begins with a headless clause', () => {
    expect(found('src/x.ts', '/** What is printed. */', 'a();', '/** Prints what is there. */', 'b();')).toEqual([
      '1: What',
    ]);
  });

  it('finds a wording in Markdown, but not in inline code', () => {
    expect(found('docs/x.md', '# Talk', 'It is `mended`', 'and it is', 'away.')).toEqual(['1: Talk', '3: is away']);
  });

  it('finds a file name that says nothing about its content', () => {
    expect(found('src/jobs/look.ts')).toEqual(['1: look (file name)']);
    expect(found('src/commands/order/place.ts')).toEqual([]);
  });

  it('allows "answer" for a person at a prompt', () => {
    expect(found('src/cli/prompts/prompter.ts', '// the answer')).toEqual([]);
  });
});

it('reads source, documentation and scripts, but not Korean or generated files', () => {
  const files = ['src/main.ts', 'docs/output.md', 'bin/quickstart', 'src/cli/i18n/korean/help.ts', 'package-lock.json'];
  expect(files.filter(isRead)).toEqual(['src/main.ts', 'docs/output.md', 'bin/quickstart']);
});
