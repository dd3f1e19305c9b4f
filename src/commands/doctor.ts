import { command } from '../cli/command.ts';
import { EXIT_DONE, EXIT_FAULT_FOUND } from '../cli/exit-codes.ts';
import { columnLabel, localTime } from '../cli/output/cells.ts';
import { answer, type View } from '../cli/output/view.ts';
import { type Seen, UNKNOWN } from '../domain/doctor/check.ts';
import type { CheckResult, Diagnosis } from '../domain/doctor/doctor.ts';
import { joined, Phrase, phrase } from '../domain/phrase.ts';
import { rankingAddress } from './ranking/open.ts';

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
  empty: phrase('Nothing was checked.'),
};

/** `shop doctor` */
export const doctor = command({
  examples: ['shop doctor', 'shop doctor --json', 'shop doctor -o tsv | awk \'$2 == "false"\''],
  run: async (context) => {
    const address = await rankingAddress(context);
    const [{ diagnose }, { Producer }] = await Promise.all([
      import('../domain/doctor/doctor.ts'),
      import('../jobs/queue/producer.ts'),
    ]);
    const diagnosis = await diagnose(address, async (redis) => {
      const producer = new Producer(redis, address.prefix);
      try {
        return { workers: (await producer.readWorkers())?.length ?? null, hold: await producer.readHold() };
      } finally {
        await producer.close();
      }
    });
    return answer<Diagnosis, DoctorRow>(diagnosis, DIAGNOSIS, diagnosis.ok ? EXIT_DONE : EXIT_FAULT_FOUND);
  },
});

/** `{laneHeld: true, atQueue: 1}` as `lane held true, at queue 1`; a server's settings keep their names. */
function seenInWords({ seen }: CheckResult, inWords: (time: Date) => string): Phrase {
  const inText = (value: Seen[string]) => {
    if (value === null) return phrase('none');
    if (value === UNKNOWN) return phrase('unknown');
    if (value instanceof Date) return inWords(value);
    return value instanceof Phrase ? value : String(value);
  };
  const entries = Object.entries(seen).map(([name, value]) =>
    joined([new Phrase(columnLabel(name)), inText(value)], ' '),
  );
  return joined(entries, ', ');
}
