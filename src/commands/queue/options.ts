import { choiceOption, type OptionSpecs, timeOption } from '../../cli/options.ts';
import { FAILURE_CODES, REQUEST_KINDS } from '../../domain/requests/kinds/index.ts';

/** The options that filter failed requests. */
export const FAILED_OPTIONS = {
  code: choiceOption('--code <code>', FAILURE_CODES),
  kind: choiceOption('--kind <kind>', REQUEST_KINDS),
  since: timeOption('--since <time>', 'only requests that failed at or after this time'),
} satisfies OptionSpecs;
