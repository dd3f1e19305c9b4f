import type { Runner } from '../../cli/command.ts';
import type { Command } from '../../cli/registration.ts';
import { addImportCommand } from '../import.ts';

/** `shop user import` */
export function addImport(group: Command, runner: Runner): void {
  addImportCommand(
    group,
    {
      kind: 'user',
      summary: 'Create and rename users by the rows of a file, matched by reference',
      columns: 'reference, name',
      examples: [
        'shop user import users.csv',
        'shop user import users.csv --dry-run',
        'shop user import - < users.jsonl',
      ],
    },
    runner,
  );
}
