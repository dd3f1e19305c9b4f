import type { Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, optional, parseChoice, parsePage, parseTime } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { FAILURE_CODES, REFUSAL_CODES } from '../../domain/errors.ts';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { REQUEST_KINDS } from '../../domain/requests/kinds/index.ts';
import { REQUEST_STATUSES } from '../../domain/requests/status.ts';
import { REQUESTS } from './view.ts';

/** What may be looked for; any other word is looked for as well. */
const OUTCOME_CODES = [...REFUSAL_CODES, ...FAILURE_CODES];

interface RequestListFlags extends ListFlags {
  readonly status?: string;
  readonly code?: string;
  readonly kind?: string;
  readonly actor?: string;
  readonly batch?: string;
  readonly since?: string;
  readonly until?: string;
}

/** A code as outcomes have it. */
function parseCode(text: string): string {
  if (!/^[A-Z_]{1,32}$/.test(text)) throw invalid('--code', phrase('must be a code such as INSUFFICIENT_STOCK'));
  return text;
}

/** `shop request list` */
export function addList(group: Command, runner: Runner): void {
  addCommand<RequestListFlags>(
    group,
    {
      name: 'list',
      summary: 'List requests, newest first',
      options: [
        { flags: '--status <status>', description: REQUEST_STATUSES.join(', '), values: REQUEST_STATUSES },
        { flags: '--code <code>', description: 'refused or failed with this code', values: OUTCOME_CODES },
        { flags: '--kind <kind>', description: REQUEST_KINDS.join(', '), values: REQUEST_KINDS },
        { flags: '--actor <name>', description: 'recorded by this one' },
        {
          flags: '--batch <batch>',
          description: 'recorded for a row of this batch: its name, or its id',
          values: 'batch',
        },
        { flags: '--since <time>', description: 'recorded at or after: ISO 8601, or an age such as 2h' },
        { flags: '--until <time>', description: 'recorded before: ISO 8601, or an age such as 2h' },
        ...LIST_OPTIONS,
      ],
      examples: [
        'shop request list --status pending',
        'shop request list --actor cron --since 1d --json',
        'shop request list --batch payroll-2026-11 --kind charge --status refused',
      ],
      run: async (context, _args, flags) => {
        const filter = {
          ...parsePage(flags),
          status: optional(flags.status, (text) => parseChoice('--status', text, REQUEST_STATUSES)),
          code: optional(flags.code, parseCode),
          kind: optional(flags.kind, (text) => parseChoice('--kind', text, REQUEST_KINDS)),
          actor: flags.actor,
          batch: flags.batch,
          since: optional(flags.since, (text) => parseTime('--since', text)),
          until: optional(flags.until, (text) => parseTime('--until', text)),
        };
        const { listRequests } = await import('../../domain/requests/list.ts');
        return answer(await context.read(async (server) => listRequests(await server.session(), filter)), REQUESTS);
      },
    },
    runner,
  );
}
