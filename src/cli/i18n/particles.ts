import { josa, numberToHangul } from 'es-hangul';

/** Particles of which one follows a consonant and the other a vowel; what is written where the sound is not known. */
const UNKNOWN_SOUND = {
  '을/를': '을(를)',
  '이/가': '이(가)',
  '은/는': '은(는)',
  '와/과': '와(과)',
  '으로/로': '(으)로',
} as const;

export type Particles = keyof typeof UNKNOWN_SOUND;

const ITSELF = /[가-힣]$/;
const DIGITS = /\d[\d,]*$/;
/** Read letter by letter. */
const ACRONYM = /(?<![A-Za-z])[A-Z]+$/;
/** Quotes and brackets are not read. */
const SILENT = /["'`)\]}>]+$/;

/** The particle that follows a text, by how its end is read; both where that can't be told, as in a foreign name. */
export function particleAfter(text: string, particles: Particles): string {
  const read = text.replace(SILENT, '');
  const sound = soundOf(read);
  if (sound === null) return UNKNOWN_SOUND[particles];
  return josa(sound, particles).slice(sound.length);
}

function soundOf(text: string): string | null {
  if (ITSELF.test(text)) return text;
  const [digits] = DIGITS.exec(text) ?? [];
  if (digits !== undefined) {
    const number = Number(digits.replaceAll(',', ''));
    // of a longer one the last digit is read; only zeros would be read by what stands before them
    return numberToHangul(Number.isSafeInteger(number) ? number : Number(digits.at(-1)));
  }
  const [acronym] = ACRONYM.exec(text) ?? [];
  return acronym ?? null;
}
