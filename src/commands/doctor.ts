import type { Command } from 'commander';
import type { CheckResult, Diagnosis } from '../domain/doctor.ts';
import { defineCommand, type Runner } from './command.ts';
import { EXIT_DONE, EXIT_FAULT_FOUND } from './exit-codes.ts';
import { localTime } from './present/cells.ts';
import { answer, type View } from './present/view.ts';
import { rankingAddress } from './ranking-view.ts';

/** A check without faults, or one fault of a check. */
interface DoctorRow {
  readonly check: CheckResult;
  readonly fault: CheckResult['faults'][number] | null;
}

const DIAGNOSIS: View<Diagnosis, DoctorRow> = {
  kind: 'list',
  columns: [
    { name: 'name', value: ({ check }) => check.name, kind: 'word' },
    { name: 'ok', value: ({ check }) => check.ok, kind: 'status' },
    {
      name: 'finding',
      value: ({ check, fault }) => fault?.fault ?? seenInWords(check, (time) => time.toISOString()),
      words: ({ check, fault }) => fault?.fault ?? seenInWords(check, localTime),
      kind: 'prose',
    },
    { name: 'hint', value: ({ fault }) => fault?.hint ?? null, kind: 'prose' },
  ],
  rows: ({ checks }) =>
    checks.flatMap((check): DoctorRow[] =>
      check.ok ? [{ check, fault: null }] : check.faults.map((fault) => ({ check, fault })),
    ),
  empty: 'Nothing was checked.',
};

/** `shop doctor` */
export function defineDoctor(command: Command, runner: Runner): void {
  defineCommand(
    command,
    {
      examples: ['shop doctor', 'shop doctor --json', 'shop doctor -o tsv | awk \'$2 == "false"\''],
      run: async (context) => {
        const address = await rankingAddress(context);
        const [{ diagnose }, { Producer }] = await Promise.all([
          import('../domain/doctor.ts'),
          import('../jobs/producer.ts'),
        ]);
        const diagnosis = await diagnose(address, async (redis) => {
          const producer = new Producer(redis, address.prefix);
          const workers = await producer.readWorkers().finally(() => producer.close());
          return workers?.length ?? null;
        });
        return answer<Diagnosis, DoctorRow>(diagnosis, DIAGNOSIS, diagnosis.ok ? EXIT_DONE : EXIT_FAULT_FOUND);
      },
    },
    runner,
  );
}

/** `{laneHeld: true, atQueue: 1}` as `lane held true, at queue 1`; a server's settings keep their names. */
function seenInWords({ seen }: CheckResult, inWords: (time: Date) => string): string {
  const word = (name: string) => name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return Object.entries(seen)
    .map(([name, value]) => `${word(name)} ${value === null ? 'none' : value instanceof Date ? inWords(value) : value}`)
    .join(', ');
}
