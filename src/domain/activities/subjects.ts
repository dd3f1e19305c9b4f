import type { Session } from '../../db/mysql/connection.ts';

const TABLES = { user: 'users', product: 'products' } as const;

/** A user or product that was changed. */
interface KnownSubject {
  /** Its type and id, such as `user 5`. */
  readonly subject: string;
  readonly subjectName: string;
}

/**
 * Finds the users and products among these subjects, such as `user 5` or `product @HB-17`.
 *
 * @returns a map of the users and products that exist. Its keys are subjects with the id and, if there is one, the @reference.
 */
export async function resolveSubjects(
  session: Session,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, KnownSubject>> {
  const known = new Map<string, KnownSubject>();
  for (const [type, table] of Object.entries(TABLES)) {
    const keys = [...new Set(subjects)]
      .filter((subject) => subject.startsWith(`${type} `))
      .map((subject) => subject.slice(type.length + 1));
    const ids = keys.filter((key) => /^[1-9][0-9]{0,15}$/.test(key)).map(Number);
    const references = keys.filter((key) => key.startsWith('@')).map((key) => key.slice(1));
    if (ids.length + references.length === 0) continue;
    // an empty list is not valid SQL, so it is replaced by a list with null, which matches no row
    const rows = await session.query<{ id: number; reference: string | null; name: string }>(
      `SELECT id, reference, name FROM ${table} WHERE id IN (?) UNION SELECT id, reference, name FROM ${table} WHERE reference IN (?)`,
      [ids.length === 0 ? [null] : ids, references.length === 0 ? [null] : references],
    );
    for (const { id, reference, name } of rows) {
      const subject = { subject: `${type} ${id}`, subjectName: name };
      known.set(subject.subject, subject);
      if (reference !== null) known.set(`${type} @${reference}`, subject);
    }
  }
  return known;
}
