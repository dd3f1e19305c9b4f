import { invalid } from '../input.ts';
import { phrase } from '../phrase.ts';

/**
 * A position in the list of activities. The list merges two tables, so the position contains an id for each table. The list
 * continues with the rows below these ids. In JSON, the position is text.
 */
export class Cursor {
  readonly request: number;
  readonly activity: number;

  constructor(request: number, activity: number) {
    this.request = request;
    this.activity = activity;
  }

  toString(): string {
    return `${this.request}-${this.activity}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Parses the cursor of a listed activity. @throws ShopError `INVALID_INPUT` */
export function parseCursor(field: string, text: string): Cursor {
  const [, request, activity] = /^([1-9][0-9]{0,15})-([1-9][0-9]{0,15})$/.exec(text) ?? [];
  if (request === undefined || activity === undefined) {
    throw invalid(field, phrase('must be a cursor that `shop activity list` has printed'));
  }
  return new Cursor(Number(request), Number(activity));
}
