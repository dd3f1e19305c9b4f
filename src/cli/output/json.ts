import { visibleJson } from './visible.ts';

/** Formats data as JSON, with times in ISO 8601 and invisible characters escaped. */
export function toJson(data: unknown, indent?: number): string {
  return visibleJson(JSON.stringify(data, null, indent));
}
