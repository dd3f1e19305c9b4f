import type { Cell, Screen, TextStyle } from './cells.ts';
import { THEME } from './theme.ts';

/** Width of a column and height of a row, in pixels. */
const [COLUMN, ROW] = [8.4, 18];
const FONT_SIZE = 14;
/** Distance from the top of a row to the baseline. */
const BASELINE = 13.5;
const [MARGIN, BAR] = [16, 32];
const RADIUS = 8;
/** Space above and below the screen. */
const PADDING = 12;
const FONTS =
  "ui-monospace,SFMono-Regular,'SF Mono',Menlo,Consolas,'Liberation Mono','DejaVu Sans Mono','Noto Sans Mono CJK KR',monospace";

/**
 * Draws a screen in a window, as an SVG image. Each run of characters gets the position and width that the terminal gave it, so
 * that columns line up in any font. Progress bars and horizontal lines are drawn as shapes.
 *
 * @param title text in the window's bar.
 * @param description alternative text for readers who can't see the picture.
 */
export function drawScreen({ columns, rows, cursor }: Screen, title: string, description: string): string {
  const width = number(columns * COLUMN + 2 * MARGIN);
  const height = number(BAR + 2 * PADDING + rows.length * ROW);
  const styles = new Styles();
  const drawn = rows.flatMap((cells, row) => drawRow(cells, BAR + PADDING + row * ROW, styles));
  const block =
    cursor === null
      ? []
      : [rect(left(cursor.column), BAR + PADDING + cursor.row * ROW, COLUMN, ROW, THEME.foreground, 0.6)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(description)}">`,
    `<title>${escaped(description)}</title>`,
    `<style>text{font:${FONT_SIZE}px ${FONTS};fill:${THEME.foreground}}${styles.css()}</style>`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="${RADIUS}" fill="${THEME.background}" stroke="${THEME.border}"/>`,
    `<path d="M1 ${BAR}V${RADIUS}q0-7 7-7H${width - RADIUS}q7 0 7 7V${BAR}z" fill="${THEME.bar}"/>`,
    ...THEME.dots.map((fill, index) => `<circle cx="${MARGIN + 4 + index * 18}" cy="16.5" r="5.5" fill="${fill}"/>`),
    `<text x="${width / 2}" y="21" text-anchor="middle" style="fill:${THEME.title};font-size:12px">${escaped(title)}</text>`,
    ...drawn,
    ...block,
    '</svg>',
    '',
  ].join('\n');
}

function drawRow(cells: readonly Cell[], top: number, styles: Styles): string[] {
  return [
    ...cells.flatMap(({ column, width, style: { background } }) =>
      background === null ? [] : [rect(left(column), top, width * COLUMN, ROW, background)],
    ),
    ...runsOf(cells).map((run) => drawRun(run, top, styles)),
  ];
}

/** A unit of drawing: a wide character, a bar, or a text without consecutive blanks. */
interface Run {
  readonly column: number;
  readonly end: number;
  readonly text: string;
  readonly style: TextStyle;
  /** Width of each character, in columns. */
  readonly width: number;
}

function runsOf(cells: readonly Cell[]): Run[] {
  const runs: Run[] = [];
  for (const { column, width, text, style: look } of cells) {
    if (text.trim() === '') continue;
    const last = runs.at(-1);
    const end = column + width;
    if (last !== undefined && continues(last, { column, width, text, style: look })) {
      // a single blank between two words belongs to the run
      runs[runs.length - 1] = { ...last, end, text: `${last.text}${' '.repeat(column - last.end)}${text}` };
    } else {
      runs.push({ column, end, text, style: look, width });
    }
  }
  return runs;
}

function continues(run: Run, { column, width, text, style: look }: Cell): boolean {
  if (!sameStyle(run.style, look)) return false;
  const gap = column - run.end;
  const [shape, before] = [shapeOf(text), shapeOf(run.text.slice(-1))];
  if (shape !== null || before !== null) {
    return gap === 0 && shape?.opacity === before?.opacity && shape?.height === before?.height && before?.part === 1;
  }
  // a wide character is a run of its own, and a run has no consecutive blanks, because XML would collapse them
  return run.width === 1 && width === 1 && gap <= 1;
}

function sameStyle(one: TextStyle, other: TextStyle): boolean {
  return Styles.of(one) === Styles.of(other) && one.background === other.background;
}

function drawRun({ column, end, text, style: look, width }: Run, top: number, styles: Styles): string {
  const shape = shapeOf(text.slice(-1));
  if (shape !== null) {
    const { part, height, opacity } = shape;
    const length = (end - column - 1 + part) * COLUMN;
    const y = top + (ROW - height) / 2;
    return rect(left(column), y, length, height, look.fill, look.dim ? opacity / 2 : opacity);
  }
  const name = styles.name(look);
  const style = name === '' ? '' : ` class="${name}"`;
  const y = number(top + BASELINE);
  if (width > 1) {
    return `<text x="${left((column + end) / 2)}" y="${y}" text-anchor="middle"${style}>${escaped(text)}</text>`;
  }
  const length = number((end - column) * COLUMN);
  return `<text x="${left(column)}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${style}>${escaped(text)}</text>`;
}

/** The shape that replaces a character. */
interface Shape {
  /** Fraction of the column's width, from the left. */
  readonly part: number;
  readonly height: number;
  readonly opacity: number;
}

const EIGHTHS = '▏▎▍▌▋▊▉█';
const [BAR_HEIGHT, RULE_HEIGHT] = [12, 1];

/** Returns the shape that replaces a character, or null if the character is drawn as text. */
function shapeOf(character: string): Shape | null {
  if (character === '─') return { part: 1, height: RULE_HEIGHT, opacity: 0.6 };
  if (character === '░') return { part: 1, height: BAR_HEIGHT, opacity: 0.2 };
  const eighths = character === '' ? 0 : EIGHTHS.indexOf(character) + 1;
  return eighths === 0 ? null : { part: eighths / 8, height: BAR_HEIGHT, opacity: 0.85 };
}

/** Collects the text styles of an image and gives each a class name. */
class Styles {
  readonly #names = new Map<string, string>();

  /** Returns the CSS declarations of a style, or an empty string for the default style. */
  static of({ fill, bold, dim, italic, underline }: TextStyle): string {
    return [
      fill === THEME.foreground ? '' : `fill:${fill};`,
      bold ? 'font-weight:700;' : '',
      dim ? 'opacity:.6;' : '',
      italic ? 'font-style:italic;' : '',
      underline ? 'text-decoration:underline;' : '',
    ].join('');
  }

  /** Returns the class name of a style, or an empty string for the default style. */
  name(look: TextStyle): string {
    const style = Styles.of(look);
    if (style === '') return '';
    const name = this.#names.get(style) ?? `s${this.#names.size}`;
    this.#names.set(style, name);
    return name;
  }

  css(): string {
    return [...this.#names].map(([style, name]) => `.${name}{${style}}`).join('');
  }
}

function left(column: number): number {
  return number(MARGIN + column * COLUMN);
}

function rect(x: number, y: number, width: number, height: number, fill: string, opacity = 1): string {
  const faint = opacity === 1 ? '' : ` opacity="${number(opacity)}"`;
  return `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" fill="${fill}"${faint}/>`;
}

/** Rounds a number to the precision that is visible. */
function number(value: number): number {
  return Math.round(value * 100) / 100;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
