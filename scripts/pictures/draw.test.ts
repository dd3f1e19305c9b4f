import xterm from '@xterm/headless';
import { expect, it } from 'vitest';
import { readScreen } from './cells.ts';
import { drawScreen } from './draw.ts';

const [COLUMN, MARGIN] = [8.4, 16];

/** Draws the screen after a text was written to a terminal. */
async function draw(text: string): Promise<string> {
  const terminal = new xterm.Terminal({ cols: 40, rows: 4, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const screen = readScreen(terminal.buffer.active, { columns: 40, rows: 4 }, null);
  terminal.dispose();
  return drawScreen(screen, 'shop', 'a "test" & more');
}

/** Returns the horizontal position of a column, in pixels. */
const x = (column: number) => String(Math.round((MARGIN + column * COLUMN) * 100) / 100);

it('gives each run of text the position and width that the terminal gave it', async () => {
  const svg = await draw('1  연필 2B   <5>');
  expect(svg).toContain(`<text x="${x(0)}" y="57.5" textLength="8.4" lengthAdjust="spacingAndGlyphs">1</text>`);
  // a wide character is centred over its two columns
  expect(svg).toMatch(new RegExp(`x="${x(4)}"[^>]*text-anchor="middle">연<`));
  expect(svg).toMatch(new RegExp(`x="${x(6)}"[^>]*text-anchor="middle">필<`));
  expect(svg).toMatch(new RegExp(`x="${x(8)}"[^>]*textLength="16.8"[^>]*>2B<`));
  expect(svg).toMatch(new RegExp(`x="${x(13)}"[^>]*>&lt;5&gt;<`));
  expect(svg).toContain('<title>a &quot;test&quot; &amp; more</title>');
  expect(svg).not.toContain('undefined');
});

it('draws colours, and no empty rows at the bottom', async () => {
  const svg = await draw('\u001b[1;32mgood\u001b[0m plain \u001b[7mback\u001b[0m\r\nlast');
  const [, name] = /class="(\w+)">good</.exec(svg) ?? [];
  expect(svg).toContain(`.${name}{fill:#56d364;font-weight:700;}`);
  expect(svg).toMatch(new RegExp(`<rect x="${x(11)}" y="44" width="8.4" height="18" fill="#d6dde6"/>`));
  expect(svg.match(/ height="(\d+)"/)?.[1]).toBe(String(32 + 2 * 12 + 2 * 18));
});

it('draws the filled and the empty part of a bar as one shape each', async () => {
  const svg = await draw('██▌░░');
  expect(svg).toContain(`<rect x="${x(0)}" y="47" width="21" height="12"`);
  expect(svg).toContain(`<rect x="${x(3)}" y="47" width="16.8" height="12"`);
});
