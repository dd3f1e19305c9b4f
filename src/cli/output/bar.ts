/** A bar as long as `part` of `width`, 0 to 1, drawn in eighths of a character; never empty where there is anything. */
export function bar(part: number, width: number): string {
  const eighths = part === 0 ? 0 : Math.max(Math.round(part * width * 8), 1);
  return `${'█'.repeat(Math.floor(eighths / 8))}${' ▏▎▍▌▋▊▉'[eighths % 8]}`.trimEnd();
}
