import Table from 'cli-table3';
import { median, quantile } from './rounds.mjs';

/** Of fewer figures the hundredth part is none. */
const ENOUGH_FOR_P99 = 100;

/** What a benchmark has found: figures of the peers, and ratios with the marks that they have to reach. */
export class Report {
  figures = [];
  marks = [];

  /**
   * @param title what was measured.
   * @param about what it was measured on.
   */
  constructor(title, about) {
    this.title = title;
    this.about = about;
  }

  /** Figures of one unit, by name of the peer. */
  addFigures(unit, figures) {
    for (const [name, values] of Object.entries(figures)) {
      this.figures.push({
        name,
        unit,
        median: median(values),
        least: Math.min(...values),
        most: Math.max(...values),
        p99: quantile(values, 0.99),
        values,
      });
    }
  }

  /**
   * The ratio of two medians, and of the two figures of each round: from the least to the most. Without `atLeast` and
   * `atMost` it has no mark, and is told for comparison.
   */
  addRatio(what, { of, to, atLeast, atMost }) {
    const rounds = of.map((value, round) => value / to[round]);
    this.#addMark({
      what,
      value: median(of) / median(to),
      least: Math.min(...rounds),
      most: Math.max(...rounds),
      unit: '×',
      atLeast,
      atMost,
    });
  }

  /** A figure that has a mark of its own. */
  addLimit(what, { values, unit, atMost }) {
    this.#addMark({
      what,
      value: median(values),
      least: Math.min(...values),
      most: Math.max(...values),
      unit,
      atMost,
    });
  }

  #addMark(mark) {
    const { value, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = mark;
    this.marks.push({ ...mark, met: value >= atLeast && value <= atMost });
  }
}

/** @param talk takes each piece of text. */
export function printReport({ title, about, figures, marks }, talk) {
  talk(`\n${title}`);
  talk(
    Object.entries(about)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  );
  talk(
    tableOf(
      ['', 'unit', 'median', 'least', 'most', '99 %'],
      figures.map(({ name, unit, median: middle, least, most, p99, values }) => [
        name,
        unit,
        ...[middle, least, most].map(short),
        values.length < ENOUGH_FOR_P99 ? '' : short(p99),
      ]),
    ),
  );
  if (marks.length > 0) printMarks(marks, talk);
}

export function printMarks(marks, talk) {
  talk(
    tableOf(
      ['', 'measured', 'rounds', 'mark', ''],
      marks.map((mark) => [
        mark.what,
        `${short(mark.value)} ${mark.unit}`,
        `${short(mark.least)} to ${short(mark.most)}`,
        ...markOf(mark),
      ]),
    ),
  );
}

function markOf({ unit, atLeast, atMost, met }) {
  if (atLeast === undefined && atMost === undefined) return ['none', ''];
  const mark = atLeast === undefined ? `at most ${atMost} ${unit}` : `at least ${atLeast} ${unit}`;
  return [mark, met ? 'met' : 'MISSED'];
}

function tableOf(head, rows) {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rows);
  return table.toString();
}

/** Three digits that count, and no more. */
function short(value) {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 });
}
