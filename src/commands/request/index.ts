import type { Command } from 'commander';
import type { ArgumentSpec, Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, optional, parseChoice, parsePage, parseTime } from '../../cli/options.ts';
import { toJson } from '../../cli/output/json.ts';
import { answer, type Column, field, fields, listView, recordView, sparing } from '../../cli/output/view.ts';
import { addCommand, defineGroup } from '../../cli/registration.ts';
import { REFUSAL_CODES } from '../../domain/errors.ts';
import { invalid, parseKey } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { RequestRecord } from '../../domain/request.ts';
import { FAILURE_CODES, REQUEST_KINDS, REQUEST_STATUSES } from '../../domain/request-status.ts';

const HEAD = fields<RequestRecord>('id', 'key', 'kind', 'status', 'code', 'attempts', 'actor');
const PAYLOAD: Column<RequestRecord> = { name: 'payload', value: ({ payload }) => toJson(payload), kind: 'prose' };
const OUTCOME: Column<RequestRecord> = {
  name: 'outcome',
  kind: 'prose',
  value: ({ outcome }) => (outcome === null ? null : toJson(outcome)),
};
const ORIGIN = fields<RequestRecord>('host', 'batchId', 'line');
const TIMES = [field<RequestRecord>('createdAt'), field<RequestRecord>('decidedAt')];

const REQUEST = recordView<RequestRecord>(...HEAD, ...ORIGIN, PAYLOAD, OUTCOME, ...TIMES);
const REQUESTS = sparing(
  listView<RequestRecord>(phrase('No requests.'), ...HEAD, ...ORIGIN, ...TIMES),
  'line',
  'batchId',
  'host',
  'attempts',
  'decidedAt',
  'actor',
);

const KEY_ARGUMENT: ArgumentSpec = {
  name: 'key',
  description: "the request's key, or its id",
  values: 'request',
  parse: parseKey,
  ask: async (context) => (await import('./pick.ts')).pickRequest(context),
};

/** What may be looked for; any other word is looked for as well. */
const OUTCOME_CODES = [...REFUSAL_CODES, ...Object.values(FAILURE_CODES)];

interface RequestListFlags extends ListFlags {
  readonly status?: string;
  readonly code?: string;
  readonly kind?: string;
  readonly actor?: string;
  readonly batch?: string;
  readonly since?: string;
  readonly until?: string;
}

/** `shop request` */
export function defineRequest(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop request show payment-2041', 'shop request list --status pending'] });
  addCommand(
    group,
    {
      name: 'show',
      summary: 'Show a request with its outcome',
      arguments: [KEY_ARGUMENT],
      examples: ['shop request show payment-2041', 'shop request show 17 --json'],
      run: async (context, [key = '']) => {
        const parsed = parseKey(key);
        const { showRequest } = await import('../../domain/request.ts');
        return answer(await showRequest(await context.session(), parsed), REQUEST);
      },
    },
    runner,
  );

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
        const { listRequests } = await import('../../domain/request-list.ts');
        return answer(await context.read(async (server) => listRequests(await server.session(), filter)), REQUESTS);
      },
    },
    runner,
  );
}

/** A code as outcomes have it. */
function parseCode(text: string): string {
  if (!/^[A-Z_]{1,32}$/.test(text)) throw invalid('--code', phrase('must be a code such as INSUFFICIENT_STOCK'));
  return text;
}
