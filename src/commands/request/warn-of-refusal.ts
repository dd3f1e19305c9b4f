import type { Context } from '../../cli/context.ts';
import type { ShopError } from '../../domain/errors.ts';
import { phrase, sentences } from '../../domain/phrase.ts';

/** Prints a warning if the previewed request would be refused now. */
export async function warnOfRefusal(
  context: Context,
  { obstacle }: { readonly obstacle: ShopError | null },
): Promise<void> {
  if (obstacle === null) return;
  await context.say(sentences(obstacle.text.message, phrase('If sent now, the request would be refused.')));
}
