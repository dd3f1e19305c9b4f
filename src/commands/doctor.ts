import { command } from '../cli/command.ts';
import { EXIT_DONE, EXIT_FAULT_FOUND } from '../cli/exit-codes.ts';
import { columnLabel, localTime } from '../cli/output/cells.ts';
import { type ChecklistEntry, drawChecklist } from '../cli/output/checklist.ts';
import { done, type MarkedLine } from '../cli/output/marks.ts';
import { answer, type View } from '../cli/output/view.ts';
import { NotChecked, type Seen } from '../domain/doctor/check.ts';
import type { CheckResult, Diagnosis } from '../domain/doctor/doctor.ts';
import { type Surroundings, summarize } from '../domain/doctor/summary.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import type { RankingAddress } from '../domain/ranking/ranking.ts';
import { rankingAddress } from './ranking/open.ts';

/** A check without faults, or one fault of a check. */
interface DoctorRow {
  readonly check: CheckResult;
  readonly fault: CheckResult['faults'][number] | null;
}

/** Creates the view of a diagnosis: a check list for people, or a row for each check or fault. */
function diagnosisView({ databaseUrl, redisUrl }: RankingAddress): View<Diagnosis, DoctorRow> {
  const surroundings: Surroundings = { databaseUrl, redisUrl, timeText: localTime };
  return {
    kind: 'list',
    columns: [
      { name: 'name', value: ({ check }) => check.name, kind: 'word' },
      { name: 'ok', value: ({ check }) => check.ok, kind: 'status' },
      { name: 'finding', value: ({ check, fault }) => fault?.fault ?? seenAsText(check), kind: 'prose' },
      { name: 'hint', value: ({ fault }) => fault?.hint ?? null, kind: 'prose' },
    ],
    rows: ({ checks }) =>
      checks.flatMap((check): DoctorRow[] =>
        check.ok ? [{ check, fault: null }] : check.faults.map((fault) => ({ check, fault })),
      ),
    empty: phrase('Nothing was checked.'),
    draw: ({ checks }, page) =>
      drawChecklist(
        checks.map((check) => entryOf(check, surroundings)),
        page,
      ),
  };
}

function entryOf(check: CheckResult, surroundings: Surroundings): ChecklistEntry {
  const { name, ok, checked, faults } = check;
  if (ok && checked > 0) return { result: 'passed', lines: [done(summarize(check, surroundings))] };
  if (ok)
    return { result: 'not checked', lines: [notChecked(name, phrase('this account lacks the rights for this check'))] };
  return {
    result: faults.every(({ fault }) => fault instanceof NotChecked) ? 'not checked' : 'failed',
    lines: faults.map(({ fault, hint }) =>
      fault instanceof NotChecked ? notChecked(name, fault.why) : { mark: 'failed', text: fault, hint },
    ),
  };
}

function notChecked(name: string, why: Phrase): MarkedLine {
  return { mark: 'skipped', text: phrase`${name} not checked: ${why}` };
}

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
    return answer(diagnosis, diagnosisView(address), diagnosis.ok ? EXIT_DONE : EXIT_FAULT_FOUND);
  },
});

/**
 * Formats details as text: `{laneHeld: true, atQueue: 1}` becomes `lane held true, at queue 1`. The names of a server's
 * settings stay unchanged.
 */
function seenAsText({ seen }: CheckResult): string {
  const inText = (value: Seen[string]) => {
    if (value === null) return 'none';
    return value instanceof Date ? value.toISOString() : String(value);
  };
  return Object.entries(seen)
    .map(([name, value]) => `${columnLabel(name)} ${inText(value)}`)
    .join(', ');
}
