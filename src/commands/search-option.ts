import type { OptionSpecs } from '../cli/options.ts';
import { parseText } from '../domain/input.ts';

/** The option that searches users or products by text. */
export const SEARCH_OPTION = {
  search: {
    flags: '--search <text>',
    description: 'part of the name (case-insensitive), beginning of the reference, or id',
    parse: (text) => parseText('--search', text),
  },
} satisfies OptionSpecs;
