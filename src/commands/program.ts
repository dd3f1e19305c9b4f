import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addAudit } from './audit.ts';
import { addBalance } from './balance.ts';
import { addBatch } from './batch.ts';
import { addCart } from './cart.ts';
import { addCharge } from './charge.ts';
import type { Runner } from './command.ts';
import { addDb } from './db.ts';
import { addDev } from './dev.ts';
import { addDoctor } from './doctor.ts';
import type { Streams } from './io.ts';
import { FORMATS } from './options.ts';
import { addOrder } from './order.ts';
import { addProduct } from './product.ts';
import { addRanking } from './ranking.ts';
import { addRequest } from './request.ts';
import { addUser } from './user.ts';
import { addWorker } from './worker.ts';

/**
 * The whole command line: what commands there are, and the options that all of them take.
 *
 * @param json standard error is for programs: the help that a group without a command shows is kept back.
 */
export function buildProgram(runner: Runner, { stdout, stderr }: Streams, json: boolean): Command {
  const program = new Command('shop');
  program
    .description("The operator's command line for a shop's back end.")
    .version(packageVersion(), '--version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .option('-o, --output <format>', `${FORMATS.join(', ')} (default: table on a terminal, tsv in a pipe)`)
    .option('--json', 'the same as --output json')
    .option('--quiet', 'no talk on standard error but errors')
    .option('--verbose', 'show the stack of an error')
    .option('--no-input', 'never ask; what is missing is an error')
    .option('--yes', "consent to what can't be undone")
    .option('--actor <name>', "who is recorded (default: the operating system's user)")
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => {
        if (!json) stderr.write(text);
      },
      // errors are told by main, in one place
      outputError: () => {},
    })
    .showSuggestionAfterError()
    .exitOverride();
  for (const add of [
    addUser,
    addCharge,
    addBalance,
    addProduct,
    addCart,
    addOrder,
    addBatch,
    addRequest,
    addRanking,
    addWorker,
    addAudit,
    addDoctor,
    addDb,
    addDev,
  ]) {
    add(program, runner);
  }
  return program;
}

declare const SHOP_VERSION: string | undefined;

/** Put in when the program is bundled; from the sources it is read from package.json. */
function packageVersion(): string {
  if (typeof SHOP_VERSION === 'string') return SHOP_VERSION;
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
