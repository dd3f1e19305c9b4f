import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { checkLanguage, chooseLanguage } from './locale.ts';

const directory = mkdtempSync(join(tmpdir(), 'shop-locale-'));
vi.spyOn(process, 'cwd').mockReturnValue(directory);

afterAll(() => rmSync(directory, { recursive: true }));

it.each([
  [{}, 'en'],
  [{ LANG: 'ko' }, 'ko'],
  [{ LANG: 'ko_KR.UTF-8' }, 'ko'],
  [{ LANG: 'ko_KR.eucKR@x' }, 'ko'],
  [{ LANG: 'kok_IN.UTF-8' }, 'en'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'ko_KR.UTF-8' }, 'ko'],
  [{ LANG: 'ko_KR.UTF-8', LC_MESSAGES: 'en_US.UTF-8' }, 'en'],
  [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'en_US.UTF-8', LC_ALL: 'ko_KR.UTF-8' }, 'ko'],
  [{ LANG: 'ko_KR.UTF-8', LC_ALL: 'C' }, 'en'],
  [{ LANG: 'ko_KR.UTF-8', LC_ALL: '', LC_MESSAGES: '' }, 'ko'],
  // the other locale categories apply to numbers and dates
  [{ LC_NUMERIC: 'ko_KR.UTF-8' }, 'en'],
  [{ LC_ALL: 'ko_KR.UTF-8', SHOP_LANG: 'en' }, 'en'],
  [{ LC_ALL: 'en_US.UTF-8', SHOP_LANG: 'ko' }, 'ko'],
  [{ LC_ALL: 'ko_KR.UTF-8', SHOP_LANG: '' }, 'ko'],
])('with %j, the language is %s', (env, language) => {
  expect(chooseLanguage(env)).toBe(language);
});

it('reads the setting from a .env file, unless the environment has another one', () => {
  writeFileSync(join(directory, '.env'), 'SHOP_LANG=ko\nLC_ALL=en_US.UTF-8\n');
  expect(chooseLanguage({ LC_ALL: 'en_US.UTF-8' })).toBe('ko');
  expect(chooseLanguage({ SHOP_LANG: 'en' })).toBe('en');
  writeFileSync(join(directory, '.env'), 'LANG=ko_KR.UTF-8\n');
  expect(chooseLanguage({})).toBe('en');
});

it.each(['fr', 'KO', 'ko_KR.UTF-8', 'korean'])('refuses the language %s', (language) => {
  expect(() => checkLanguage({ SHOP_LANG: language }, {})).toThrow(
    expect.objectContaining({ code: 'CONFIG', details: { setting: 'SHOP_LANG' } }),
  );
});

it("uses the locale's language if the setting is refused or can't be read", () => {
  expect(chooseLanguage({ SHOP_LANG: 'fr', LANG: 'ko_KR.UTF-8' })).toBe('ko');
  writeFileSync(join(directory, '.env'), Buffer.from('SHOP_LANG=en', 'utf16le'));
  expect(chooseLanguage({ LANG: 'ko_KR.UTF-8' })).toBe('ko');
});
