import { columnLabel } from '../../cli/output/cells.ts';
import { toJson } from '../../cli/output/json.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { columns, listView, withSpareColumns } from '../../cli/output/view.ts';
import type { ChangedFields, ListedChange } from '../../domain/activities/list.ts';
import { joined, Phrase, phrase } from '../../domain/phrase.ts';

/** Columns of the list of activities. */
export const ACTIVITIES = withSpareColumns(
  listView<ListedChange>(
    phrase('No activities.'),
    { name: 'cursor', value: ({ cursor }) => cursor.toString(), kind: 'identifier' },
    ...columns<ListedChange>({ at: 'time', actor: 'text', host: 'text' }),
    // `action` and `subject` wrap, because a truncated value could not be recognized
    { name: 'action', value: ({ action }) => action, kind: 'prose', least: 8 },
    {
      name: 'subject',
      value: ({ subject, subjectName }) => (subjectName === null ? subject : `${subject} ${subjectName}`),
      kind: 'prose',
      least: 14,
      only: 'table',
    },
    { name: 'subject', value: ({ subject }) => subject, only: 'data' },
    { name: 'subjectName', value: ({ subjectName }) => subjectName, only: 'data' },
    { name: 'change', value: changeText, kind: 'prose', only: 'table' },
    { name: 'before', value: ({ before }) => stateText(before), only: 'data' },
    { name: 'after', value: ({ after }) => stateText(after), only: 'data' },
    ...columns<ListedChange>({ requestId: 'identifier' }),
  ),
  'host',
  'requestId',
  'cursor',
  'actor',
);

function stateText(state: ChangedFields | null): string | null {
  return state === null ? null : toJson(state);
}

/** Formats what has changed in one line: `price 900 → 950`, or `applied, amount 5,000, balance 12,000`. */
function changeText({ before, after }: ListedChange): Phrase | null {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const texts = names.flatMap((name) => fieldText(name, before, after) ?? []);
  return texts.length === 0 ? null : joined(texts, ', ');
}

function fieldText(name: string, before: ChangedFields | null, after: ChangedFields | null): Phrase | string | null {
  // fields are translated like the columns of the same name
  const label = new Phrase(columnLabel(name));
  const now = valueText(name, after?.[name]);
  if (before !== null) return joined([label, `${valueText(name, before[name])} → ${now}`], ' ');
  // a field of a new object may have no value
  if (now === NONE) return null;
  return name === 'status' || name === 'code' ? now : joined([label, now], ' ');
}

const NONE = '-';

function valueText(name: string, value: unknown): string {
  if (typeof value === 'number') return /id$/i.test(name) ? String(value) : grouped(value);
  if (Array.isArray(value)) return value.map((element) => valueText(name, element)).join(' ');
  return String(value ?? NONE);
}
