import type { ValueSpec } from '../cli/options.ts';
import { parseReference } from '../domain/input.ts';

/** Defines the option `--reference`. */
export function referenceOption(description: string) {
  return {
    flags: '--reference <reference>',
    description,
    parse: (text) => parseReference('reference', text),
  } satisfies ValueSpec;
}
