import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type RunOptions, TestShop } from '../support/shop.ts';

const HEADER = 'kind,user,amount';

let shop: TestShop;
let folder: string;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  folder = await mkdtemp(join(tmpdir(), 'shop-guards-'));
  await shop.startWorker();
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
  await rm(folder, { recursive: true });
});

async function file(name: string, lines: readonly string[], lineBreak = '\n'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => `${line}${lineBreak}`).join(''));
  return path;
}

/** Creates a user. Returns a function that makes a row which charges this user. */
async function charger(reference: string): Promise<(amount: number | string, key?: string) => string> {
  await shop.created(['user', 'create', reference, '--reference', reference]);
  return (amount, key) => `charge,@${reference},${amount}${key === undefined ? '' : `,${key}`}`;
}

async function balanceOf(reference: string): Promise<unknown> {
  return (await shop.ok(['balance', `@${reference}`])).balance;
}

/** Runs a batch and returns its totals, including when rows were refused. */
async function run(args: readonly string[], options?: RunOptions) {
  const { status, stdout, stderr } = await shop.run(['batch', 'run', ...args, '--json'], options);
  if (stdout === '') throw new Error(`exit ${status}: ${stderr}`);
  return { status, ...JSON.parse(stdout) };
}

/** Reads every row that a batch could change. */
async function everything(): Promise<unknown> {
  const tables = ['requests', 'outcomes', 'batches', 'batch_exceptions'];
  return Promise.all(tables.map((table) => shop.sql(`SELECT * FROM ${table} ORDER BY 1, 2`)));
}

/**
 * Runs a batch that is refused, and checks that nothing changes, with `--dry-run` and in Korean too. Returns the error.
 */
async function refused(args: readonly string[], options?: RunOptions) {
  const before = await everything();
  const error = await shop.refused(['batch', 'run', ...args], options);
  expect(error).toMatchObject({ status: 5, code: 'IDEMPOTENCY_CONFLICT' });
  expect(await shop.refused(['batch', 'run', ...args, '--dry-run'], options)).toEqual(error);
  const people = await shop.run(['batch', 'run', ...args], options);
  expect(people).toEqual({ status: 5, stdout: '', stderr: `shop: ${error.message} ${error.hint}\n` });
  const korean = await shop.run(['batch', 'run', ...args], { ...options, env: { SHOP_LANG: 'ko' } });
  expect(korean.stderr).toMatch(/보내지 않았습니다/);
  expect(await everything()).toEqual(before);
  return error;
}

/** Returns the commands that a message names in backticks, split into words. */
function commandsIn(message: string): string[][] {
  return [...message.matchAll(/`shop ([^`]*)`/g)].map(([, words = '']) => words.split(' '));
}

async function count(table: string): Promise<number> {
  const [row] = await shop.sql<{ count: number }>(`SELECT COUNT(*) AS count FROM ${table}`);
  return row?.count ?? -1;
}

it('refuses another file under an existing name, and each suggested command works', async () => {
  const charge = await charger('other-file');
  await run([await file('march.csv', [HEADER, charge(100), charge(200)]), '--name', 'march']);
  const april = await file('april.csv', [HEADER, charge(100), charge(20), charge(30)]);
  const { message, hint, details } = await refused([april, '--name', 'march']);
  expect(message).toBe(
    'The rows recorded for batch march differ from those in the file. First lines that differ: 3. Nothing was sent.',
  );
  expect(details).toEqual({ batch: 'march', lines: [3] });
  expect(hint).toMatch(
    /^If this is another file, use another name: `[^`]*`\. Otherwise, restore the recorded rows in the file \(list them with `shop batch results march`\), and add new rows at the end\.$/,
  );
  const [another = [], list = []] = commandsIn(hint);
  expect(await shop.ok(list)).toMatchObject([
    { line: 2, balance: 100 },
    { line: 3, balance: 300 },
  ]);
  expect(await shop.ok(another)).toMatchObject({ total: 3, applied: 3, replayed: 0 });
  expect(await balanceOf('other-file')).toBe(450);

  const whole = await file('march.csv', [HEADER, charge(100), charge(200), charge(7)]);
  expect(await run([whole, '--name', 'march'])).toMatchObject({ status: 0, total: 3, applied: 3, replayed: 2 });
  expect(await balanceOf('other-file')).toBe(457);
});

it('refuses rows that were inserted, removed, moved, corrupted or given another key', async () => {
  const charge = await charger('moved');
  const rows = [`${HEADER},key`, charge(1, ''), charge(2, 'own'), charge(3, ''), charge(3, 'own'), charge(5, '')];
  const path = await file('moved.csv', rows);
  expect(await run([path, '--name', 'moved'])).toMatchObject({ status: 6, applied: 4, refused: 1 });
  const cases: readonly (readonly [lines: number[], rows: string[]])[] = [
    [[3, 4, 6], rows.toSpliced(2, 0, charge(9, ''))],
    [[3, 4, 6], rows.toSpliced(2, 1)],
    [[2, 3], rows.toSpliced(1, 2, rows[2] ?? '', rows[1] ?? '')],
    [[4], rows.with(3, charge('three', ''))],
    [[4], rows.with(3, '')],
    [[3], rows.with(2, charge(2, 'other'))],
    [[6], rows.slice(0, -1)],
    [[2, 3, 4, 6], rows.slice(0, 1)],
  ];
  for (const [lines, changed] of cases) {
    const error = await shop.refused(['batch', 'run', await file('moved.csv', changed), '--name', 'moved']);
    expect(error, String(lines)).toMatchObject({ status: 5, details: { batch: 'moved', lines } });
  }
  expect(await balanceOf('moved')).toBe(11);
  // the row with the conflicting key was not recorded, so it may change
  await file('moved.csv', rows.with(4, charge(4, 'another')));
  expect(await run([path, '--name', 'moved'])).toMatchObject({ status: 0, applied: 5, replayed: 4 });
  expect(await balanceOf('moved')).toBe(15);
});

it('names only the first five of many lines that differ', async () => {
  const charge = await charger('many');
  const rows = Array.from({ length: 2_500 }, (_, index) => charge(index + 1));
  const path = await file('many.csv', [HEADER, ...rows]);
  await run([path, '--name', 'many']);
  await file('many.csv', [HEADER, ...rows.slice(0, 1_499), ...rows.slice(1_500)]);
  const error = await refused([path, '--name', 'many']);
  expect(error.details).toEqual({ batch: 'many', lines: [1501, 1502, 1503, 1504, 1505] });
  expect(error.message).toContain('First lines that differ: 1501, 1502, 1503, 1504, 1505.');
});

it('refuses a changed row that also belongs to another batch', async () => {
  const charge = await charger('shared');
  await run([await file('first.csv', [`${HEADER},key`, charge(5, 'both')]), '--name', 'first']);
  const path = await file('second.csv', [`${HEADER},key`, charge(6, 'mine'), charge(5, 'both')]);
  expect(await run([path, '--name', 'second'])).toMatchObject({ applied: 2, replayed: 1 });
  await file('second.csv', [`${HEADER},key`, charge(6, 'mine'), charge(7, 'fresh')]);
  expect((await refused([path, '--name', 'second'])).details).toEqual({ batch: 'second', lines: [3] });
});

it('accepts appended rows, and replacements for unreadable rows, under the same name', async () => {
  const charge = await charger('grown');
  const rows = [HEADER, charge(1), charge('one'), charge(3)];
  const path = await file('grown.csv', rows);
  expect(await run([path, '--name', 'grown'])).toMatchObject({ status: 6, applied: 2, refused: 1 });
  await file('grown.csv', [...rows.with(2, charge(2)), charge(4), charge('five')]);
  expect(await run([path, '--name', 'grown'])).toMatchObject({
    status: 6,
    total: 5,
    applied: 4,
    refused: 1,
    replayed: 2,
  });
  // the last row was unreadable, so it may be removed
  await file('grown.csv', [...rows.with(2, charge(2)), charge(4)]);
  expect(await run([path, '--name', 'grown'])).toMatchObject({ status: 0, total: 4, applied: 4, replayed: 4 });
  expect(await balanceOf('grown')).toBe(10);
});

it('ignores the byte-order mark and carriage returns when it compares the content of files', async () => {
  const charge = await charger('saved');
  const rows = [HEADER, charge(1), charge(2)];
  const first = await run([await file('saved.csv', rows)]);
  const again = await file('saved-by-a-spreadsheet.csv', rows.with(0, `\ufeff${HEADER}`), '\r\n');
  expect(await run([again])).toMatchObject({ name: first.name, applied: 2, replayed: 2 });
  expect(await balanceOf('saved')).toBe(3);
  await refused([again, '--name', 'saved']);
});

it('identifies a file by its text, in any encoding, compressed or not, with or without a last line break', async () => {
  const charge = await charger('same-text');
  const rows = [HEADER, charge(1), charge(2)];
  const text = rows.join('\n');
  const { name } = await run([await file('same-text.csv', rows)]);
  const path = join(folder, 'same-text-again.csv');
  for (const content of [
    text,
    gzipSync(`${text}\r\n`),
    Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le'),
  ]) {
    await writeFile(path, content);
    expect(await run([path])).toMatchObject({ name, applied: 2, replayed: 2 });
  }
  expect(await balanceOf('same-text')).toBe(3);
});

it('refuses the same content under another name, and each suggested command works', async () => {
  const charge = await charger('twice');
  const rows = [HEADER, charge(10), charge(20)];
  const path = await file('twice.csv', rows);
  await run([path, '--name', 'november']);
  const copy = await file('copy of twice.csv', rows);
  const { message, hint, details } = await refused([copy, '--name', 'december']);
  expect(message).toBe(
    'This content was run before, as batch november. Nothing was sent, because the content would be applied twice.',
  );
  expect(details).toEqual({ batch: 'december', ranAs: 'november' });
  expect(hint).toBe(
    `Continue that batch with \`shop batch run '${copy}' --name november\`, or apply the content again with \`shop batch run '${copy}' --name december --yes\`.`,
  );
  // the default name of a batch without --name also differs from the first name
  expect((await refused([path])).details).toMatchObject({ ranAs: 'november' });
  expect(await run([copy, '--name', 'november'])).toMatchObject({ applied: 2, replayed: 2 });
  expect(await balanceOf('twice')).toBe(30);
  expect(await run([copy, '--name', 'december', '--yes'])).toMatchObject({ applied: 2, replayed: 0 });
  // a batch that was once confirmed with --yes can be continued
  expect(await run([copy, '--name', 'december'])).toMatchObject({ applied: 2, replayed: 2 });
  expect(await balanceOf('twice')).toBe(60);
});

it('refuses content under another name even if its batch has run with other content since', async () => {
  const charge = await charger('outgrown');
  const rows = [HEADER, charge(10), charge(20)];
  const first = await file('outgrown.csv', rows);
  await run([first, '--name', 'outgrown']);
  const longer = await file('outgrown-longer.csv', [...rows, charge(40)]);
  await run([longer, '--name', 'outgrown']);
  const { details, hint } = await refused([first, '--name', 'outgrown-again']);
  expect(details).toEqual({ batch: 'outgrown-again', ranAs: 'outgrown' });
  expect(await balanceOf('outgrown')).toBe(70);
  const [list = [], anyway = []] = commandsIn(hint);
  expect(await shop.ok<unknown[]>(list)).toHaveLength(3);
  expect(await shop.ok(anyway)).toMatchObject({ name: 'outgrown-again', applied: 2, replayed: 0 });
  expect(await balanceOf('outgrown')).toBe(100);
});

it('refuses to extend a batch to content that another batch already has', async () => {
  const charge = await charger('grows-into');
  const rows = [HEADER, charge(1), charge(2), charge(3)];
  await run([await file('part.csv', rows.slice(0, 2)), '--name', 'part']);
  const path = await file('whole.csv', rows);
  await run([path, '--name', 'whole']);
  expect((await refused([path, '--name', 'part'])).details).toEqual({ batch: 'part', ranAs: 'whole' });
  expect(await balanceOf('grows-into')).toBe(7);
});

it('accepts content under any name if all its rows have keys', async () => {
  const charge = await charger('keyed');
  const rows = [`${HEADER},key`, charge(1, 'keyed-1'), charge('x', ''), charge(2, 'keyed-2')];
  const path = await file('keyed.csv', rows);
  await run([path, '--name', 'keyed-a']);
  expect(await run([path, '--name', 'keyed-b'])).toMatchObject({ applied: 2, refused: 1, replayed: 2 });
  const mixed = await file('mixed.csv', [...rows, charge(4, '')]);
  await run([mixed, '--name', 'keyed-c']);
  await refused([mixed, '--name', 'keyed-d']);
  expect(await balanceOf('keyed')).toBe(7);
});

it('applies the same checks to standard input as to files', async () => {
  const charge = await charger('piped');
  const stdin = [HEADER, charge(1), charge(2)].join('\n');
  await run(['-', '--name', 'piped'], { stdin });
  const changed = { stdin: [HEADER, charge(1), charge(4)].join('\n') };
  const { hint } = await refused(['-', '--name', 'piped'], changed);
  const [another = []] = commandsIn(hint);
  expect(await shop.ok(another, changed)).toMatchObject({ applied: 2, replayed: 0 });
  const same = await refused(['-', '--name', 'piped-again'], { stdin });
  const [before = [], anyway = []] = commandsIn(same.hint);
  expect(await shop.ok(before, { stdin })).toMatchObject({ name: 'piped', applied: 2, replayed: 2 });
  expect(await shop.ok(anyway, { stdin })).toMatchObject({ name: 'piped-again', applied: 2, replayed: 0 });
  expect(await balanceOf('piped')).toBe(11);
});

it('explains how to fix rows or try refused rows again, with and without a batch name, and applies nothing twice', async () => {
  const charge = await charger('hinted');
  const rows = [HEADER, charge(1), charge('two'), 'charge,@nobody,3', charge(4)];
  const path = await file('hinted.csv', rows);
  const { stderr } = await shop.run(['batch', 'run', path]);
  const [, fix = '', own = ''] = stderr.trimEnd().split('\n');
  expect(fix).toMatch(/^Fix the rows that were not sent, then run `[^`]*`; recorded rows are not applied again\.$/);
  expect(own).toMatch(
    /^To try rows again that were sent but refused, put them into a new file, and run it with a new `--name`\. List refused rows with `[^`]*`\.$/,
  );
  await file('hinted.csv', rows.with(2, charge(2)));
  const [again = []] = commandsIn(fix);
  expect(await shop.run([...again, '--json'])).toMatchObject({ status: 6 });
  expect(await balanceOf('hinted')).toBe(7);
  // the second run had a name, and no row that could not be sent
  expect((await shop.run(again)).stderr).toBe(`${own}\n`);
  const [list = []] = commandsIn(own);
  expect(await shop.ok(list)).toMatchObject([{ line: 4, code: 'INVALID_USER' }]);
  expect(await run([await file('rest.csv', [HEADER, charge(3)])])).toMatchObject({ status: 0, applied: 1 });
  expect(await balanceOf('hinted')).toBe(10);

  // a row with its own key needs a new one
  const keyed = (key: string) => ({ stdin: `${HEADER},key\ncharge,@later,1,${key}\n` });
  const { stderr: advice } = await shop.run(['batch', 'run', '-', '--name', 'later'], keyed('old'));
  expect(advice).toContain(' A row with a key needs a new key there; with the old key, it is refused again. List');
  await charger('later');
  expect(await run(['-', '--name', 'later-old'], keyed('old'))).toMatchObject({ applied: 0, refused: 1 });
  expect(await run(['-', '--name', 'later-new'], keyed('new'))).toMatchObject({ applied: 1 });

  const quiet = await file('quiet.csv', [HEADER, charge('x')]);
  expect((await shop.run(['batch', 'run', quiet, '--quiet'])).stderr).toBe('');
});

it('accepts only one of two runs that start at the same moment with different content under one new name', async () => {
  const charge = await charger('at-once');
  const contents = await Promise.all(
    [1, 2].map((amount) =>
      file(`at-once-${amount}.csv`, [HEADER, ...Array.from({ length: 1_500 }, () => charge(amount))]),
    ),
  );
  for (const round of [1, 2, 3, 4]) {
    const before = Number(await balanceOf('at-once'));
    const name = `at-once-${round}`;
    const runs = contents.map((path) => shop.start(['batch', 'run', path, '--name', name, '--yes', '--json']).ended);
    const ended = await Promise.all(runs);
    expect(ended.map(({ status }) => status).sort(), JSON.stringify(ended)).toEqual([0, 5]);
    const winner = ended.findIndex(({ status }) => status === 0);
    expect(JSON.parse(ended[winner]?.stdout ?? '')).toMatchObject({ name, total: 1_500, applied: 1_500, refused: 0 });
    expect(JSON.parse(ended[1 - winner]?.stderr.trim().split('\n').at(-1) ?? '').error.message).toMatch(
      /Nothing was sent|This run sent nothing/,
    );
    expect(await balanceOf('at-once')).toBe(before + 1_500 * (winner + 1));
    expect(
      await shop.sql('SELECT * FROM batch_exceptions e JOIN batches b ON b.id = e.batch_id WHERE b.name = ?', [name]),
    ).toEqual([]);
  }
});

it('prints the same totals in both runs if the same content starts twice under a new name', async () => {
  const charge = await charger('same');
  const rows = Array.from({ length: 1_500 }, (_, index) => charge(index % 100 === 0 ? 'x' : 1));
  const path = await file('same.csv', [HEADER, ...rows]);
  const runs = await whileHeld('same:1400', async () => {
    const started = [1, 2].map(() => shop.start(['batch', 'run', path, '--name', 'same', '--json']).ended);
    await eventually('both record the same chunk', async () => (await recordingRuns()) === 2);
    return started;
  });
  for (const { status, stdout, stderr } of await Promise.all(runs)) {
    const totals = { name: 'same', total: 1_500, applied: 1_485, refused: 15, failed: 0, pending: 0 };
    expect(status, stderr).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject(totals);
  }
  expect(await balanceOf('same')).toBe(1_485);
});

it('accepts only one of two runs that start at the same moment with the same new content under two names', async () => {
  const charge = await charger('two-names');
  for (const round of [1, 2, 3, 4]) {
    const before = Number(await balanceOf('two-names'));
    const path = await file(`two-names-${round}.csv`, [HEADER, charge(round), charge(1)]);
    const names = ['a', 'b'].map((letter) => `two-names-${round}-${letter}`);
    const ended = await Promise.all(
      names.map((name) => shop.start(['batch', 'run', path, '--name', name, '--json']).ended),
    );
    expect(ended.map(({ status }) => status).sort(), JSON.stringify(ended)).toEqual([0, 5]);
    expect(await balanceOf('two-names')).toBe(before + round + 1);
  }
});

it('waits while another run records a batch with the same content, and then refuses the copy', async () => {
  const charge = await charger('first-name');
  const rows = [HEADER, charge(1), charge(2)];
  const path = await file('first-name.csv', rows);
  const hash = createHash('sha256')
    .update(rows.map((row) => `${row}\n`).join(''))
    .digest();
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query(
    `INSERT INTO batches (name, content_hash, actor, host, replayed, created_at) VALUES ('first-name', ?, '', '', 0, NOW())`,
    [hash],
  );
  const second = shop.start(['batch', 'run', path, '--name', 'second-name', '--json']);
  await eventually('the second name waits', async () => {
    return (
      (await shop.sql("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE '%LOCK IN SHARE MODE'")).length > 0
    );
  });
  await other.query('COMMIT');
  await other.end();
  const { status, stderr } = await second.ended;
  expect({ status, ...JSON.parse(stderr).error }).toMatchObject({ status: 5, details: { ranAs: 'first-name' } });
  expect(await balanceOf('first-name')).toBe(0);
});

/**
 * Runs `work` while the row with this key can't be recorded: the batch stops there, with all earlier chunks recorded.
 */
async function whileHeld<T>(key: string, work: () => Promise<T>): Promise<T> {
  const other = await shop.connection();
  try {
    await other.query('START TRANSACTION');
    await other.query(
      `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
       VALUES (?, '', 'charge', '{}', '', '', NOW())`,
      [key],
    );
    return await work();
  } finally {
    await other.query('ROLLBACK');
    await other.end();
  }
}

/** Counts the runs that are recording rows at this moment. */
async function recordingRuns(): Promise<number> {
  const statements = await shop.sql(
    "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE 'INSERT INTO requests%'",
  );
  return statements.length;
}

it('refuses other content while a run is sending; after that run is killed, sends the remaining and appended rows', async () => {
  const charge = await charger('sending');
  const rows = Array.from({ length: 2_500 }, () => charge(1));
  const path = await file('sending.csv', [HEADER, ...rows]);
  const changed = await file('sending-changed.csv', [HEADER, ...rows.with(-1, charge(2)), charge(3)]);
  const recorded = await count('requests');
  const args = ['batch', 'run', path, '--name', 'sending', '--no-wait', '--json'];
  await whileHeld('sending:2100', async () => {
    const first = shop.start(args);
    await eventually('two chunks are recorded', async () => (await count('requests')) === recorded + 2_000);
    const error = await shop.refused(['batch', 'run', changed, '--name', 'sending']);
    const { message, hint, details } = error;
    expect(error).toMatchObject({ status: 5, code: 'IDEMPOTENCY_CONFLICT' });
    expect(await count('requests')).toBe(recorded + 2_000);
    expect(message).toBe('Another run is sending batch sending with different content. This run sent nothing.');
    expect(details).toEqual({ batch: 'sending' });
    expect(hint).toContain(`run \`shop batch run ${changed} --name sending\` again.`);
    await first.kill();
  });
  // the server may take a moment to notice that the connection of the killed run is lost
  const { stdout } = await eventually('the remaining rows are sent', async () => {
    const rest = await shop.run(['batch', 'run', changed, '--name', 'sending', '--json']);
    return rest.status === 0 && rest;
  });
  expect(JSON.parse(stdout)).toMatchObject({ total: 2_501, applied: 2_501 });
  expect(await balanceOf('sending')).toBe(2_499 + 2 + 3);
});

it('refuses other content if another run records a row after the comparison, without the lock on the batch', async () => {
  const charge = await charger('compared');
  const rows = [HEADER, charge(1), charge(2)];
  await run([await file('compared.csv', rows), '--name', 'compared']);
  const grown = await file('compared-grown.csv', [...rows, charge(3)]);
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query("SELECT id FROM batches WHERE name = 'compared' FOR UPDATE");
  const second = shop.start(['batch', 'run', grown, '--name', 'compared', '--json']);
  await eventually('the comparison is done', async () => {
    const statements = await shop.sql(
      "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE '%FROM batches%FOR UPDATE'",
    );
    return statements.length > 0;
  });
  await other.query(
    `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at, batch_id, batch_line)
     SELECT 'compared:4', request_hash, kind, payload, actor, host, created_at, batch_id, 4
     FROM requests WHERE idempotency_key = 'compared:3'`,
  );
  await other.query('COMMIT');
  await other.end();
  const { status, stderr } = await second.ended;
  expect({ status, ...JSON.parse(stderr).error }).toMatchObject({
    status: 5,
    message: 'Another run is sending batch compared with different content. This run sent nothing.',
  });
  await eventually('the row is applied', async () => (await balanceOf('compared')) === 5);
  expect((await refused([grown, '--name', 'compared'])).details).toEqual({ batch: 'compared', lines: [4] });
});

it('stops a run if the content of its batch is replaced meanwhile', async () => {
  const charge = await charger('superseded');
  const rows = Array.from({ length: 2_500 }, () => charge(1));
  const path = await file('superseded.csv', [HEADER, ...rows]);
  const recorded = await count('requests');
  const run = await whileHeld('superseded:2100', async () => {
    const first = shop.start(['batch', 'run', path, '--name', 'superseded', '--no-wait', '--json']);
    await eventually('two chunks are recorded', async () => (await count('requests')) === recorded + 2_000);
    await eventually('the third chunk is blocked', async () => (await recordingRuns()) === 1);
    // imitates another run that owns the name, as after a lost connection
    const change = shop.sql("UPDATE batches SET content_hash = REPEAT('x', 32) WHERE name = 'superseded'");
    return { first, change };
  });
  await run.change;
  const { status, stderr } = await run.first.ended;
  expect({ status, ...JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error }).toMatchObject({
    status: 5,
    code: 'IDEMPOTENCY_CONFLICT',
    message: 'Another run has sent batch superseded with different content; this run has stopped.',
  });
});
