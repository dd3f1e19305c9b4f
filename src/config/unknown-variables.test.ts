import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SETTING_NAMES } from './settings.ts';
import { COMPOSE_VARIABLES, unknownVariables } from './unknown-variables.ts';

it('lists variables that look like settings, and no others', () => {
  const known = [...SETTING_NAMES, ...COMPOSE_VARIABLES, 'PATH', 'SHOPPING', 'XDG_STATE_HOME'];
  const given = Object.fromEntries([...known, 'SHOP_DATABSE_URL', 'SHOP_'].map((name) => [name, 'x']));
  expect(unknownVariables(given)).toEqual(['SHOP_DATABSE_URL', 'SHOP_']);
});

it('knows the variables of the compose files', () => {
  const files = ['docker-compose.development.yaml', 'deploy/compose.yaml'].map((path) =>
    readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'),
  );
  const used = Array.from(files.join('').matchAll(/\$\{(SHOP_\w+)/g), ([, name = '']) => name);
  const others = used.filter((name) => !SETTING_NAMES.includes(name));
  expect([...new Set(others)].sort()).toEqual([...COMPOSE_VARIABLES].sort());
});
