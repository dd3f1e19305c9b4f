import { importCommand } from '../import.ts';

/** `shop user import` */
export const importUsers = importCommand({
  kind: 'user',
  summary: 'Create or rename users from a file, matched by reference or id',
  columns: 'reference and name',
  examples: ['shop user import users.csv', 'shop user import users.csv --dry-run', 'shop user import - < users.jsonl'],
});
