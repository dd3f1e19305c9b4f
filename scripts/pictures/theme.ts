/** The sixteen ANSI colours, in the order of their numbers. They are readable on the dark background. */
const ANSI: readonly string[] = [
  '#484f58',
  '#ff7b72',
  '#56d364',
  '#e3b341',
  '#79c0ff',
  '#d2a8ff',
  '#56d4dd',
  '#c9d1d9',
  '#8b949e',
  '#ffa198',
  '#7ee787',
  '#f2cc60',
  '#a5d6ff',
  '#e2c5ff',
  '#a5f0f5',
  '#f0f6fc',
];
const CUBE = [0, 95, 135, 175, 215, 255];
const CUBE_START = 16;
const GREY_START = 232;

export const THEME = {
  foreground: '#d6dde6',
  background: '#12171f',
  bar: '#1d2430',
  border: '#30363d',
  title: '#8b949e',
  dots: ['#ff5f57', '#febc2e', '#28c840'],
} as const;

/** Returns a colour of the terminal's 256-colour palette. */
export function paletteColour(index: number): string {
  const named = ANSI[index];
  if (named !== undefined) return named;
  if (index >= GREY_START) return rgbColour(0x010101 * (8 + (index - GREY_START) * 10));
  const place = index - CUBE_START;
  const part = (divisor: number) => CUBE[Math.floor(place / divisor) % CUBE.length] ?? 0;
  return rgbColour((part(36) << 16) | (part(6) << 8) | part(1));
}

/** Returns a 24-bit colour. */
export function rgbColour(value: number): string {
  return `#${value.toString(16).padStart(6, '0')}`;
}
