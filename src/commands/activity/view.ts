import { grouped } from '../../cli/output/numbers.ts';
import { columns, listView, withSpareColumns } from '../../cli/output/view.ts';
import type { ChangedFields, ListedChange } from '../../domain/activities/list.ts';
import { phrase } from '../../domain/phrase.ts';

/** Columns of the list of activities. */
export const ACTIVITIES = withSpareColumns(
  listView<ListedChange>(
    phrase('No activities.'),
    ...columns<ListedChange>({ id: 'identifier', at: 'time', actor: 'text', host: 'text', action: 'word' }),
    {
      name: 'subject',
      value: ({ subject, subjectName }) => (subjectName === null ? subject : `${subject} ${subjectName}`),
    },
    { name: 'change', value: ({ before, after }) => changeText(before ?? {}, after ?? {}), kind: 'prose' },
    ...columns<ListedChange>({ requestId: 'identifier' }),
  ),
  'host',
  'requestId',
);

/** Formats changed fields in one line: `price 900 → 950, name Pen`. */
function changeText(before: ChangedFields, after: ChangedFields): string | null {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (names.length === 0) return null;
  return names
    .map((name) => {
      const now = valueText(after[name]);
      return name in before ? `${name} ${valueText(before[name])} → ${now}` : `${name} ${now}`;
    })
    .join(', ');
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return grouped(value);
  if (Array.isArray(value)) return value.map(valueText).join(' ');
  return String(value ?? '-');
}
