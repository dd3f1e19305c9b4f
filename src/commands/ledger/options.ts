import { choiceOption, type OptionSpecs, timeOption } from '../../cli/options.ts';
import { LEDGER_TYPES } from '../../domain/requests/kinds/state.ts';

/** Options that select rows of a ledger. */
export const LEDGER_FILTERS = {
  type: choiceOption('--type <type>', LEDGER_TYPES),
  since: timeOption('--since <time>', 'only changes at or after this time'),
  until: timeOption('--until <time>', 'only changes before this time'),
} satisfies OptionSpecs;
