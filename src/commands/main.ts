import { CommandLine } from './command-line.ts';
import { Connections } from './connections.ts';
import type { StopSignal } from './context.ts';
import { ignoreClosedPipe, type Streams } from './io.ts';

/** Runs one command line, as the one of this process, and answers the exit status. */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  const commandLine = new CommandLine(streams, new Connections());
  const receive = (signal: StopSignal) => commandLine.receive(signal);
  process.on('SIGINT', receive);
  process.on('SIGTERM', receive);
  streams.stdout.on('error', ignoreClosedPipe);
  streams.stderr.on('error', ignoreClosedPipe);
  try {
    return await commandLine.run(argv);
  } finally {
    process.off('SIGINT', receive);
    process.off('SIGTERM', receive);
  }
}
