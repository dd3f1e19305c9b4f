import type { Runner } from '../../cli/command.ts';
import { answer, fields, type View } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { phrase } from '../../domain/phrase.ts';

interface StatusRow {
  readonly name: string;
  readonly state: 'applied' | 'pending' | 'unknown' | 'drift';
}

interface Status {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  readonly unknown: readonly string[];
  readonly drift: readonly string[] | null;
}

const STATUS: View<Status, StatusRow> = {
  kind: 'list',
  columns: fields<StatusRow>('state', 'name'),
  rows: ({ applied, pending, unknown, drift }) => [
    ...applied.map((name) => ({ name, state: 'applied' as const })),
    ...pending.map((name) => ({ name, state: 'pending' as const })),
    ...unknown.map((name) => ({ name, state: 'unknown' as const })),
    ...(drift ?? []).map((name) => ({ name, state: 'drift' as const })),
  ],
  empty: phrase('No migrations.'),
};

/** `shop db status` */
export function addStatus(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'status',
      summary: 'Show what is applied, pending and drifted',
      examples: ['shop db status', 'shop db status --json'],
      run: async (context) => {
        const { readSchemaStatus } = await import('../../domain/servers/schema.ts');
        return answer<Status, StatusRow>(await readSchemaStatus(await context.databaseUrl()), STATUS);
      },
    },
    runner,
  );
}
