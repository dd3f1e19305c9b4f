import { command } from '../../cli/command.ts';
import { timeOption } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { STATEMENT } from './view.ts';

/** `shop balance statement` */
export const statement = command({
  name: 'statement',
  summary: "Show a user's statement: opening balance, entries, closing balance",
  arguments: [USER_ARGUMENT],
  options: {
    since: {
      ...timeOption('--since <time>', 'start of the statement (required)'),
      required: true,
    },
    until: timeOption('--until <time>', 'end of the statement (default: now)'),
  },
  examples: [
    'shop balance statement 1 --since 30d',
    'shop balance statement @HB-17 --since 2026-11-01 --until 2026-12-01 -o csv',
  ],
  run: async (context, [user], span) => {
    if (span.since > new Date()) throw invalid('--since', phrase('must be in the past'));
    const { readStatement } = await import('../../domain/shop/statement.ts');
    return answer(await context.read(async (server) => readStatement(await server.session(), user, span)), STATEMENT);
  },
});
