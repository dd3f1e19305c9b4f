import { choiceOption, type OptionSpecs, timeOption } from '../../cli/options.ts';
import { LEDGER_TYPES } from '../../domain/requests/kinds/state.ts';

/** Options that select rows of a ledger. */
export const LEDGER_FILTERS = {
  type: choiceOption('--type <type>', LEDGER_TYPES),
  since: timeOption('--since <time>', 'changed at or after this time'),
  until: timeOption('--until <time>', 'changed before this time'),
} satisfies OptionSpecs;
