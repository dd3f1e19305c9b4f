import type { Context } from '../context.ts';
import { writeMessage } from '../io.ts';
import { present } from '../output/formats.ts';
import { pageOf } from '../output/page.ts';
import type { Answer } from '../output/view.ts';

/** Prints a preview on standard error before a prompt, because standard output is for the result. */
export async function preview({ streams, language }: Context, shown: Answer): Promise<void> {
  await writeMessage(streams.stderr, `\n${await present(shown, 'table', pageOf(streams.stderr, language))}\n`);
}
