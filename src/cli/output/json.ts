import { visibleJson } from './visible.ts';

/** JSON with times as ISO 8601; characters that a reader can't see are escaped, too. */
export function toJson(data: unknown, indent?: number): string {
  return visibleJson(JSON.stringify(data, null, indent));
}
