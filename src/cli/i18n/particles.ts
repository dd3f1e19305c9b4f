import { josa, numberToHangul } from 'es-hangul';

/**
 * Korean particles that have one form after a consonant and another after a vowel, with the text to use if the sound is
 * unknown.
 */
const UNKNOWN_SOUND = {
  '을/를': '을(를)',
  '이/가': '이(가)',
  '은/는': '은(는)',
  '와/과': '와(과)',
  '으로/로': '(으)로',
} as const;

export type Particles = keyof typeof UNKNOWN_SOUND;

const HANGUL = /[가-힣]$/;
const DIGITS = /\d[\d,]*$/;
/** Matches capital letters at the end of a text. They are pronounced one by one. */
const ACRONYM = /(?<![A-Za-z])[A-Z]+$/;
/** Matches quotes and brackets at the end of a text. They are not pronounced. */
const SILENT = /["'`)\]}>]+$/;

/**
 * Returns the particle to use after the text, which depends on the last sound. Returns both forms if the sound is
 * unknown, for example after a foreign name.
 */
export function particleAfter(text: string, particles: Particles): string {
  const read = text.replace(SILENT, '');
  const sound = soundOf(read);
  if (sound === null) return UNKNOWN_SOUND[particles];
  return josa(sound, particles).slice(sound.length);
}

function soundOf(text: string): string | null {
  if (HANGUL.test(text)) return text;
  const [digits] = DIGITS.exec(text) ?? [];
  if (digits !== undefined) {
    const number = Number(digits.replaceAll(',', ''));
    // of a number beyond 2^53, only the last digit is used; if that digit is 0, the sound may be wrong
    return numberToHangul(Number.isSafeInteger(number) ? number : Number(digits.at(-1)));
  }
  const [acronym] = ACRONYM.exec(text) ?? [];
  return acronym ?? null;
}
