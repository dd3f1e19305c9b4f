import Table from 'cli-table3';
import { median, quantile } from './rounds.mjs';

/** Minimum number of figures for a 99th percentile. */
const ENOUGH_FOR_P99 = 100;

/** Results of a benchmark: figures of the peers, and ratios and medians, which may have limits. */
export class Report {
  figures = [];
  marks = [];

  /**
   * @param title names what was measured.
   * @param about describes the conditions.
   */
  constructor(title, about) {
    this.title = title;
    this.about = about;
  }

  /** Adds figures that have the same unit, by the name of the peer. */
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
   * Adds the ratio of two medians, and its lowest and highest value over the rounds. Without `atLeast` and `atMost` the ratio
   * has no limit and is printed for comparison.
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

  /** Adds the median of the values, and the limit `atMost` that it must not exceed. */
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

/** @param print receives each piece of text. */
export function printReport({ title, about, figures, marks }, print) {
  print(`\n${title}`);
  print(
    Object.entries(about)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  );
  print(
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
  if (marks.length > 0) printMarks(marks, print);
}

export function printMarks(marks, print) {
  print(
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

/** Formats a number with three significant digits. */
function short(value) {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 });
}
