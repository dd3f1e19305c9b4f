import { type Phrase, phrase } from '../../domain/phrase.ts';

/** Groups the digits of a number, or of a string of digits, in the same way in English and Korean. */
export function grouped(value: number | string): string {
  return (typeof value === 'string' ? BigInt(value) : value).toLocaleString('en');
}

/** Groups the digits of a change, with its sign: `+1,200`, `-3`. */
export function signed(change: number): string {
  return `${change > 0 ? '+' : ''}${grouped(change)}`;
}

/** Formats a name with its id: `Harbour Books (2)`. */
export function named(name: string, id: number): string {
  return `${name} (${id})`;
}

/** Formats a duration in one or two units, such as `3 min 5 s`. */
export function duration(seconds: number): Phrase {
  if (seconds < 60) return phrase`${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return phrase`${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return phrase`${hours} h ${minutes % 60} min`;
  return phrase`${Math.floor(hours / 24)} d ${hours % 24} h`;
}
