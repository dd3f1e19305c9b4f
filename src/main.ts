import { CommandLine } from './cli/command-line.ts';
import { Connections } from './cli/connections.ts';
import { report } from './cli/errors.ts';
import { EXIT_DONE } from './cli/exit-codes.ts';
import { loadLanguage } from './cli/i18n/load.ts';
import type { StopSignal } from './cli/interrupted.ts';
import { closeHungUpTerminals, prepareOutput, type Streams } from './cli/io.ts';
import { PROGRAM } from './commands/index.ts';

/** Asked by the scripts of `shop completion`; what follows is a command line that is not to be read as one of its own. */
const COMPLETE = '__complete';

/** Runs one command line, as the one of this process, and answers the exit status. */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  prepareOutput(streams);
  if (argv[0] === COMPLETE) {
    const { complete } = await import('./cli/completion/complete.ts');
    const language = await loadLanguage();
    try {
      await complete(PROGRAM, argv.slice(1), streams, language);
      return EXIT_DONE;
    } catch (error) {
      return await report(error, { language, json: false, verbose: false }, streams);
    }
  }
  const commandLine = new CommandLine(PROGRAM, streams, new Connections(), loadLanguage);
  const receive = (signal: StopSignal) => commandLine.receive(signal);
  process.on('SIGINT', receive);
  process.on('SIGTERM', receive);
  try {
    return await commandLine.run(argv);
  } finally {
    process.off('SIGINT', receive);
    process.off('SIGTERM', receive);
    closeHungUpTerminals(streams);
  }
}
