import { describe, expect, it } from 'vitest';
import { CATALOGUES, KOREAN } from '../../src/cli/i18n/korean.ts';
import { ENGLISH } from '../../src/cli/i18n/language.ts';
import { particleAfter } from '../../src/cli/i18n/particles.ts';
import { ShopError } from '../../src/domain/errors.ts';
import { either, joined, phrase } from '../../src/domain/phrase.ts';
import { collectPhrases } from '../support/phrases.ts';

const { all, withoutLiteral } = await collectPhrases();
const entries = CATALOGUES.flatMap((catalogue) => Object.entries(catalogue));
const translated = new Set(entries.map(([english]) => english));

describe('the Korean catalogues', () => {
  it('have every text that the program can print', () => {
    // if the collection missed most texts, this test would find no missing translation
    expect(all.size).toBeGreaterThan(600);
    expect([...all].filter((english) => !translated.has(english))).toEqual([]);
  });

  it('have no text that the program never prints', () => {
    // a text without words only joins values, which Korean may join differently
    const hasWords = (english: string) => /\p{L}/u.test(english.replace(/\{\d+\}/g, ''));
    expect([...translated].filter((english) => hasWords(english) && !all.has(english))).toEqual([]);
  });

  it('have each text only once', () => {
    expect(translated.size).toBe(entries.length);
  });

  it('keep all values, and contain Korean', () => {
    const holes = (template: string) => (template.match(/\{\d+\}/g) ?? []).sort();
    for (const [english, korean] of entries) {
      expect({ english, holes: holes(korean) }).toEqual({ english, holes: holes(english) });
      expect(korean.trim()).not.toBe('');
    }
  });
});

it('every phrase begins with a literal, so that its translation can be found', () => {
  expect(withoutLiteral).toEqual([]);
});

it.each([
  ['사과', '사과를 사과가 사과는 사과와 사과로'],
  ['연필', '연필을 연필이 연필은 연필과 연필로'],
  ['책', '책을 책이 책은 책과 책으로'],
  ['17', '17을 17이 17은 17과 17로'],
  ['2', '2를 2가 2는 2와 2로'],
  ['3', '3을 3이 3은 3과 3으로'],
  ['10', '10을 10이 10은 10과 10으로'],
  [
    '1,000,000,000,000',
    '1,000,000,000,000를 1,000,000,000,000가 1,000,000,000,000는 1,000,000,000,000와 1,000,000,000,000로',
  ],
  [
    '12345678901234567891',
    '12345678901234567891을 12345678901234567891이 12345678901234567891은 12345678901234567891과 12345678901234567891로',
  ],
  ['@HB-17', '@HB-17을 @HB-17이 @HB-17은 @HB-17과 @HB-17로'],
  ['"책"', '"책"을 "책"이 "책"은 "책"과 "책"으로'],
  [
    'SHOP_DATABASE_URL',
    'SHOP_DATABASE_URL을 SHOP_DATABASE_URL이 SHOP_DATABASE_URL은 SHOP_DATABASE_URL과 SHOP_DATABASE_URL로',
  ],
  ['Redis', 'Redis을(를) Redis이(가) Redis은(는) Redis와(과) Redis(으)로'],
])('chooses the particles that follow %s', (text, expected) => {
  const all = ['을/를', '이/가', '은/는', '와/과', '으로/로'] as const;
  expect(all.map((particles) => `${text}${particleAfter(text, particles)}`).join(' ')).toBe(expected);
});

it('translates a phrase and the phrases in it, and keeps braces that come from data', () => {
  const { translate } = KOREAN;
  expect(translate(phrase`There is no user ${17}.`)).toBe('사용자 17을 찾을 수 없습니다.');
  expect(translate(phrase`There is no user ${'{0}을/를'}.`)).toContain('{0}을/를');
  expect(translate(phrase`Not checked: ${phrase`There is no order ${2}.`}`)).toBe(
    '점검하지 못함: 주문 2를 찾을 수 없습니다.',
  );
  expect(translate(joined([phrase('no order'), 'a name'], '; '))).toBe('주문 없음; a name');
  expect(translate(joined([either(['a', 'b', 'c'])], ''))).toBe('a, b 또는 c');
});

it('prints English for programs', () => {
  const error = new ShopError('INVALID_INPUT', { field: 'amount', reason: phrase('is missing') });
  expect(error).toMatchObject({ message: 'amount is missing.', hint: 'See `shop --help`.' });
  expect(JSON.stringify(error.details)).toBe('{"field":"amount","reason":"is missing"}');
  expect(ENGLISH.translate(error.text.message)).toBe(error.message);
  expect(KOREAN.translate(error.text.message)).toBe('amount: 없습니다.');
});
