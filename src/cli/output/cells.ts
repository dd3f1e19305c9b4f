import { Phrase, phrase } from '../../domain/phrase.ts';
import { grouped } from './numbers.ts';
import type { Page } from './page.ts';
import type { Column } from './view.ts';
import { visible } from './visible.ts';

/** Returns the name of a column in words, which is the key of its translation: `balance after` for `balanceAfter`. */
export function columnLabel(name: string): string {
  return name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Returns the title of a column: `BALANCE AFTER` for `balanceAfter`, or its translation. */
export function title(name: string, { language }: Page): string {
  const english = columnLabel(name);
  const translated = language.text(english);
  return translated === english ? english.toUpperCase() : translated;
}

/** Formats the value of a column in a row for people. On a terminal, digits are grouped. */
export function cellOf<Row>({ value, kind }: Column<Row>, row: Row, { terminal, language }: Page): string {
  const cell = value(row);
  if (kind === 'flag' && cell !== true) return '';
  if (cell === null) return '-';
  if (typeof cell === 'boolean') return language.translate(cell ? phrase('yes') : phrase('no'));
  if (cell instanceof Date) return localTime(cell);
  if (cell instanceof Phrase) return visible(language.translate(cell));
  if (terminal && kind === 'amount') return BigInt(String(cell)).toLocaleString('en');
  if (terminal && kind !== 'identifier' && typeof cell === 'number') return grouped(cell);
  return visible(String(cell));
}

/** Formats a time in the local time zone, to the second. */
export function localTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
