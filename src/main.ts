import { CommandLine } from './cli/command-line.ts';
import { Connections } from './cli/connections.ts';
import { EXIT_DONE } from './cli/exit-codes.ts';
import { loadLanguage } from './cli/i18n/load.ts';
import type { StopSignal } from './cli/interrupted.ts';
import { closeHungUpTerminals, prepareOutput, type Streams } from './cli/io.ts';
import { report } from './cli/report-error.ts';
import { PROGRAM } from './commands/index.ts';

/**
 * The first argument in calls from the scripts of `shop completion`. The arguments after it are a command line to complete,
 * which is not run.
 */
const COMPLETE = '__complete';

/** Runs the command line of this process and returns its exit status. */
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
