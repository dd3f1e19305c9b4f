#!/usr/bin/env node
// Checks that the tests notice a missing safeguard: each mutant lacks one safeguard, and at least one test must fail.
//
//   npm run mutants -- [--only NAME] [--check]
//
// `--check` runs no tests. It only checks that the code to replace still occurs once.
// Each mutant is applied to a copy of the checkout in a temporary folder. Its tests run on their own servers.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * In each mutant, `to` replaces `from`, which occurs once in `file`. A mutant with two replacements has the second one in `also`, as
 * `[from, to]`. At least one test must then fail in the test files whose paths contain an entry of `tests`.
 */
const MUTANTS = [
  {
    name: 'the check of a key against its content',
    file: 'src/domain/requests/request.ts',
    from: 'if (!first.hash.equals(hash)) throw',
    to: 'if (!first.hash.equals(hash) && hash.length === 0) throw',
    tests: ['acceptance/replay'],
  },
  {
    name: 'the reason in the hash of a request',
    file: 'src/domain/requests/request.ts',
    from: 'reason === undefined ? canonical : [canonical, reason]',
    to: 'canonical',
    tests: ['kinds/kinds.test'],
  },
  {
    name: 'the check that an adjustment has a reason',
    file: 'src/domain/requests/kinds/parse.ts',
    from: 'reason === null ? KINDS[kind].reasonRequired === true',
    to: "reason === null ? payload === ''",
    tests: ['kinds/kinds.test'],
  },
  {
    name: 'the refusal of an adjustment that makes a balance negative',
    file: 'src/domain/requests/kinds/points-adjust.ts',
    from: 'insufficientPoints(user, BigInt(-amount)) ?? ',
    to: '',
    tests: ['apply/decide'],
  },
  {
    name: 'the refusal of an adjustment that makes a stock negative',
    file: 'src/domain/requests/kinds/stock-adjust.ts',
    from: 'insufficientStock([{ product, quantity: -difference }]) ?? ',
    to: '',
    tests: ['apply/decide'],
  },
  {
    name: 'the check of a stock against the expected one',
    file: 'src/domain/requests/kinds/stock-adjust.ts',
    from: 'if (expect !== undefined && expect !== before)',
    to: 'if (expect !== undefined && expect < 0)',
    tests: ['apply/decide'],
  },
  {
    name: 'the check that a request has no outcome yet',
    file: 'src/domain/apply/apply.ts',
    from: 'if (isDecided(id)) return [];',
    to: 'if (id < 0 && isDecided(id)) return [];',
    tests: ['faults/worker-death', 'faults/lost-connection'],
  },
  {
    name: 'the activity entry of a cart change',
    file: 'src/domain/shop/carts.ts',
    from: 'await recordActivity(session, origin, {',
    to: 'if (held.size > 0) await recordActivity(session, origin, {',
    tests: ['acceptance/activities'],
  },
  {
    name: 'the running totals in the activity of an import',
    file: 'src/domain/imports/import.ts',
    from: 'this.#record(addCounts(this.#counts, plan.counts))',
    to: 'this.#record(plan.counts)',
    tests: ['acceptance/import'],
  },
  {
    name: 'the order by primary key in which a page of requests is read',
    file: 'src/domain/activities/list.ts',
    from: 'FROM requests r FORCE INDEX',
    to: 'FROM requests r IGNORE INDEX',
    tests: ['integration/activity-list'],
  },
  {
    name: 'the tolerance of a search by time for times out of order',
    file: 'src/db/mysql/id-range.ts',
    from: 'const DISORDER_MS = 60_000;',
    to: 'const DISORDER_MS = 0;',
    tests: ['integration/activity-list'],
  },
  {
    name: "the lane's check for withdrawals",
    file: 'src/domain/apply/apply.ts',
    from: 'if (isWithdrawn(id)) return [{',
    to: 'if (id < 0 && isWithdrawn(id)) return [{',
    tests: ['acceptance/request-cancel'],
  },
  {
    name: 'the refusal of a withdrawn request that has no attempts left',
    file: 'src/domain/apply/apply.ts',
    from: 'const decision = isWithdrawn(id)',
    to: 'const decision = isWithdrawn(-id)',
    tests: ['acceptance/request-cancel'],
  },
  {
    name: 'the lock on the gate before a withdrawal',
    file: 'src/domain/requests/gate.ts',
    from: 'FROM queue_state WHERE id = 1 FOR UPDATE',
    to: 'FROM queue_state WHERE id = 1',
    tests: ['acceptance/request-cancel'],
  },
  {
    name: 'the check that a batch is not cancelled before rows are recorded',
    file: 'src/domain/batches/open-batch.ts',
    from: 'if (known !== null && known.cancelledAt !== null) {',
    to: 'if (known?.cancelledAt === undefined) {',
    tests: ['acceptance/batch-cancel'],
  },
  {
    name: 'FOR UPDATE on users and products',
    file: 'src/domain/apply/row-locks.ts',
    from: 'FROM products WHERE id IN (?) ORDER BY id FOR UPDATE',
    to: 'FROM products WHERE id IN (?) ORDER BY id',
    also: ['FROM users WHERE id IN (?) ORDER BY id FOR UPDATE', 'FROM users WHERE id IN (?) ORDER BY id'],
    tests: ['integration/attempts'],
  },
  {
    name: 'the lock on an edited product',
    file: 'src/domain/shop/products.ts',
    from: 'WHERE id = ? FOR UPDATE',
    to: 'WHERE id = ?',
    tests: ['acceptance/edits'],
  },
  {
    name: 'the rule that an edit without a change is not recorded',
    file: 'src/domain/shop/edit-entry.ts',
    from: 'if (Object.keys({ ...before, ...after }).length === 0) return { entry, changed: false };',
    to: '',
    tests: ['acceptance/edits'],
  },
  {
    name: 'the rule that a reference never changes',
    file: 'src/domain/shop/references.ts',
    from: 'if (reference === null) return wanted;',
    to: 'if (reference !== undefined) return wanted;',
    tests: ['acceptance/edits'],
  },
  {
    name: 'the refusal of retired products in a cart',
    file: 'src/domain/shop/carts.ts',
    from: 'if (retired !== null) throw refusalError(retired);',
    to: '',
    tests: ['acceptance/carts'],
  },
  {
    name: 'the refusal to check out an empty cart for a blocked user',
    file: 'src/domain/shop/carts.ts',
    from: "blocked === null ? new ShopError('EMPTY_CART', { userId }) : refusalError(blocked)",
    to: "new ShopError('EMPTY_CART', { userId })",
    tests: ['acceptance/checkout'],
  },
  {
    name: 'the rollback after a lock wait timeout',
    file: 'src/db/mysql/transaction.ts',
    from: '    return result;\n  } catch (error) {\n    await rollBack(session);',
    to: '    return result;\n  } catch (error) {\n    if (databaseError(error).errno !== 1205) await rollBack(session);',
    tests: ['faults/contention'],
  },
  {
    name: 'the idle limit of transactions',
    file: 'src/db/mysql/transaction.ts',
    from: 'limitIdle(seconds) : null',
    to: 'limitIdle(1_000 * seconds) : null',
    tests: ['faults/suspended-command'],
  },
  {
    name: 'the end of the idle limit after the transaction',
    file: 'src/db/mysql/transaction.ts',
    from: 'LIFT_IDLE_LIMIT : null',
    to: "LIFT_IDLE_LIMIT.replace(/.*/, 'DO 1') : null",
    tests: ['faults/suspended-command'],
  },
  {
    name: 'the rule that a locked row costs no attempt',
    file: 'src/jobs/worker/group-commit.ts',
    from: 'const left = isConflict(error)',
    to: 'const left = isConflict(null)',
    tests: ['faults/locked-rows'],
  },
  {
    name: 'the deferral of requests behind a deferred request',
    file: 'src/jobs/worker/deferred-requests.ts',
    from: 'for (const row of deferred.rows) this.#rows.add(row);',
    to: '',
    tests: ['faults/locked-rows'],
  },
  {
    name: 'the wait for rows that others have locked for reading',
    file: 'src/domain/apply/lock-conflicts.ts',
    from: 'FOR UPDATE SKIP LOCKED',
    to: 'FOR SHARE SKIP LOCKED',
    tests: ['integration/deferred-requests'],
  },
  {
    name: 'the deferral of a cancellation behind requests that share its rows',
    file: 'src/jobs/worker/deferred-requests.ts',
    from: ', ...orderedRows(request, rows, rowsOf)',
    to: '',
    tests: ['integration/deferred-requests'],
  },
  {
    name: 'the lock on the returned units of an order',
    file: 'src/domain/apply/row-locks.ts',
    from: 'returned: returned.get(key(order.id, line.productId)) ?? 0',
    to: 'returned: 0',
    tests: ['acceptance/return'],
  },
  {
    name: 'the limit of a return to the units that are left',
    file: 'src/domain/requests/kinds/refund.ts',
    from: 'return shortages.length === 0 ? null',
    to: 'return shortages.length >= 0 ? null',
    tests: ['acceptance/return'],
  },
  {
    name: 'the refusal to return or cancel a closed order',
    file: 'src/domain/requests/kinds/refund.ts',
    from: 'return RETURNABLE.some((returnable) => returnable === status);',
    to: 'return RETURNABLE.length > 0 && status.length > 0;',
    tests: ['acceptance/cancel'],
  },
  {
    name: 'the subtraction of returned units from the hourly sales',
    file: 'src/domain/apply/persist.ts',
    from: '      this.#returned.add(order.createdAt, productId, quantity);\n',
    to: '',
    tests: ['acceptance/return'],
  },
  {
    name: 'the refusal of orders by blocked users',
    file: 'src/domain/requests/kinds/order.ts',
    from: 'if (blocked !== null) return blocked;',
    to: '',
    tests: ['acceptance/return'],
  },
  {
    name: 'the refusal of retired products',
    file: 'src/domain/requests/kinds/order.ts',
    from: 'if (retired !== null) return retired;',
    to: '',
    tests: ['acceptance/return'],
  },
  {
    name: 'the pause of deferred requests',
    file: 'src/jobs/worker/group-commit.ts',
    from: 'if (!(error instanceof QueuePaused) || this.#stop.aborted) throw error;',
    to: 'throw error;',
    tests: ['acceptance/queue'],
  },
  {
    name: 'the rollback of a transaction that is sent in two packets',
    file: 'src/db/mysql/transaction.ts',
    from: '    return result;\n  } catch (error) {\n    await rollBack(session);',
    to: '    return result;\n  } catch (error) {',
    tests: ['integration/transaction'],
  },
  {
    name: 'the check of the number of rows that a statement finds',
    file: 'src/db/mysql/statements.ts',
    from: 'if (rows !== null) packet.push(',
    to: 'if (rows === -1) packet.push(',
    tests: ['integration/transaction'],
  },
  {
    name: 'the refusal of a server that accepts only small packets',
    file: 'src/db/mysql/connection.ts',
    from: 'session.packetBytes >= SMALLEST_PACKET',
    to: 'session.packetBytes > 0',
    tests: ['faults/server-settings'],
  },
  {
    name: 'GET_LOCK for the lane',
    file: 'src/domain/apply/lane-lock.ts',
    from: 'const acquired = await acquireLock(session, laneLock(address), seconds);',
    to: 'const acquired = seconds > 0 || (await acquireLock(session, laneLock(address), seconds));',
    tests: ['faults/frozen-worker', 'faults/worker-death'],
  },
  {
    name: 'the count of attempts by earlier workers',
    file: 'src/jobs/worker/lane.ts',
    from: 'await this.#commits.takeOver(session);',
    to: '',
    tests: ['faults/attempts-outlive'],
  },
  {
    name: 'the sweep',
    file: 'src/jobs/worker/sweep.ts',
    from: 'if (this.#lane.serving) await this.#once();',
    to: 'if (this.#lane.serving && GRACE_MS < 0) await this.#once();',
    tests: ['integration/lane.test'],
  },
  {
    name: 'the wait of a batch for the worker',
    file: 'src/jobs/queue/batch-run.ts',
    from: 'while (this.#undecidedLines > MAX_UNDECIDED_LINES) {',
    to: 'while (this.#undecidedLines < 0) {',
    tests: ['integration/batch-flow'],
  },
  {
    name: 'the check for keys that another run of the batch has recorded meanwhile',
    file: 'src/domain/batches/record.ts',
    from: 'checkFirst: again || before.size > 0',
    to: 'checkFirst: !again && before.size > 0',
    tests: ['acceptance/batch-guards'],
  },
  {
    name: 'the polls for later chunks of a batch while one waits for a locked row',
    file: 'src/jobs/queue/batch-run.ts',
    from: 'this.#undecided.slice(0, CHUNKS_POLLED)',
    to: 'this.#undecided.slice(0, 1)',
    tests: ['integration/batch-flow'],
  },
  {
    name: 'the count of attempts of requests that do not fit in a transaction',
    file: 'src/jobs/worker/group-commit.ts',
    from: 'of group.slice(0, group.length - rest.length)) this.#failed',
    to: 'of group) this.#failed',
    tests: ['integration/attempts'],
  },
  {
    name: 'the retry after a conflict when taking the lane',
    file: 'src/jobs/worker/lane.ts',
    from: '!isOutage(error) && !isConflict(error) &&',
    to: '!isOutage(error) &&',
    tests: ['integration/lane.test'],
  },
  {
    name: 'the check of the gate while no more requests can be deferred',
    file: 'src/jobs/worker/group-commit.ts',
    from: 'await this.keepAlive(session);',
    to: '',
    tests: ['faults/two-programs'],
  },
  {
    name: 'the limit on the bytes of payloads that are read at once',
    file: 'src/domain/requests/pending.ts',
    from: 'return bytes > MAX_BYTES && index > 0;',
    to: 'return bytes < 0 && index > 0;',
    tests: ['integration/pending-stretch'],
  },
  {
    name: 'the messages about decided requests',
    file: 'src/jobs/queue/decided-messages.ts',
    from: 'for (const watch of this.#watches) watch.add(range);',
    to: '',
    tests: ['integration/decided-messages'],
  },
  {
    name: 'the polls for outcomes whose message is lost',
    file: 'src/jobs/queue/decided-messages.ts',
    from: 'await within(ms, covered',
    to: 'await within(1_000 * ms, covered',
    tests: ['integration/decided-messages'],
  },
  {
    name: 'the pause after a wrong message',
    file: 'src/jobs/queue/submit.ts',
    from: 'await delay(FIRST_POLL_MS, undefined',
    to: 'await delay(0, undefined',
    tests: ['integration/decided-messages'],
  },
  {
    name: 'the check of the schema after a statement that failed',
    file: 'src/cli/command-line.ts',
    from: 'if (!isSchemaMismatch(error)) return',
    to: 'if (!isSchemaMismatch(error) || url !== null) return',
    tests: ['acceptance/shell-script'],
  },
  {
    name: 'the check of an idle connection',
    file: 'src/cli/connections.ts',
    from: 'if (performance.now() - this.#checkedAt < CHECK_AFTER_MS && intact(value)) return true;',
    to: 'if (value !== undefined) return true;',
    tests: ['acceptance/shell.test'],
  },
  {
    name: 'the lock that a pause waits for',
    file: 'src/domain/requests/gate.ts',
    from: ' LOCK IN SHARE MODE',
    to: '',
    tests: ['acceptance/queue'],
  },
  {
    name: 'the check for retried requests',
    file: 'src/jobs/worker/sweep.ts',
    from: '...retried, ',
    to: '',
    tests: ['acceptance/queue'],
  },
  {
    name: 'the comparison of schema and prefix in each transaction',
    file: 'src/domain/requests/gate.ts',
    from: 'if (gate.writable === 1) return gate;',
    to: 'if (gate.writable !== 2) return gate;',
    tests: ['faults/two-programs'],
  },
  {
    name: 'the gate that a migration closes before its first step',
    file: 'src/db/schema.ts',
    from: 'if (before.length > 0 && pending.length > 0) await closeGate(session);',
    to: 'if (before.length > pending.length + 99) await closeGate(session);',
    tests: ['faults/two-programs'],
  },
  {
    name: 'the claim of a database for one prefix',
    file: 'src/domain/apply/lane-lock.ts',
    from: 'await claimPrefix(session, address.prefix);',
    to: '',
    tests: ['faults/two-programs'],
  },
  {
    name: 'the check for jobs that Redis does not hand out',
    file: 'src/jobs/worker/sweep.ts',
    from: 'const stuck = nextInLine !== null',
    to: 'const stuck = nextInLine === -1',
    tests: ['faults/redis-no-writes'],
  },
  {
    name: 'the jump over ids that do not exist',
    file: 'src/domain/requests/pending.ts',
    from: 'from = Math.max(to, (next ?? end) - 1);',
    to: 'from = to;',
    tests: ['faults/id-gap'],
  },
  {
    name: 'the numbering of the ledger after its newest row',
    file: 'src/domain/apply/apply.ts',
    from: 'lastTransactionId: last ?? 0',
    to: 'lastTransactionId: decided.size < 0 ? (last ?? 0) : 0',
    tests: ['integration/lane.test'],
  },
  {
    name: 'the refusal of a database of another version',
    file: 'src/db/schema.ts',
    from: 'throw new SchemaLocked();\n    refuseUnknown((await schemaState(session)).unknown);',
    to: 'throw new SchemaLocked();',
    tests: ['acceptance/db'],
  },
  {
    name: 'the snapshot in which a sorted list is read',
    file: 'src/commands/product/list.ts',
    from: 'moving: true, rowsAtOnce',
    to: 'rowsAtOnce',
    tests: ['integration/moving-list'],
  },
  {
    name: 'the snapshot in which a statement is read',
    file: 'src/domain/shop/statement.ts',
    from: 'return inSnapshot(session, async () => {',
    to: 'return (async (read) => read())(async () => {',
    tests: ['integration/statement'],
  },
  {
    name: 'the snapshot in which closing balances are read',
    file: 'src/domain/reports/points.ts',
    from: 'await inSnapshot(session, async () => {',
    to: 'await (async (read) => read())(async () => {',
    tests: ['integration/reports'],
  },
  {
    name: 'the check that no other batch ran with this content before it was changed',
    file: 'src/domain/batches/open-batch.ts',
    from: '(await batchWithContent(session, content, lock)) ?? (await batchThatHadContent(session, content))',
    to: '(await batchWithContent(session, content, lock)) ?? ((await batchThatHadContent(session, content)) && null)',
    tests: ['acceptance/batch-guards'],
  },
  {
    name: 'the check that recorded rows of a batch are unchanged',
    file: 'src/domain/batches/open-batch.ts',
    from: 'if (lines.length === 0) return;',
    to: 'if (lines.length >= 0) return;',
    tests: ['acceptance/batch-guards'],
  },
  {
    name: 'the check that no other run has replaced the content of the batch',
    file: 'src/domain/batches/open-batch.ts',
    from: 'if (known !== null && isOwn(known, batch)) return;',
    to: 'if (known !== null) return;',
    tests: ['acceptance/batch-guards'],
  },
  {
    name: 'the exclusion of cancelled batches from a retry',
    file: 'src/domain/requests/retries.ts',
    from: 'lockFailed(session, ids, NOT_OF_CANCELLED_BATCH)',
    to: 'lockFailed(session, ids)',
    tests: ['acceptance/queue'],
  },
  {
    name: 'the time limit of a batch cancellation',
    file: 'src/domain/requests/gate.ts',
    from: '      deadline,\n',
    to: '',
    tests: ['acceptance/request-cancel'],
  },
  {
    name: 'the rule that an order is cancelled only once',
    file: 'src/domain/audit/refunds.ts',
    from: 't.cancels = 1',
    to: 't.cancels >= 0',
    tests: ['acceptance/audit-refunds'],
  },
];

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COPIED = [
  'bin',
  'src',
  'scripts',
  'test',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vitest.config.ts',
];
const { values } = parseArgs({ options: { only: { type: 'string' }, check: { type: 'boolean', default: false } } });
const chosen = MUTANTS.filter(({ name }) => values.only === undefined || name.includes(values.only));

function replaceOnce(text, from, to) {
  if (text.split(from).length !== 2) throw new Error(`not found exactly once: ${from}`);
  return text.replace(from, () => to);
}

/** Returns the text of the mutant's file with the mutation. */
function mutate({ file, from, to, also }) {
  const mutated = replaceOnce(readFileSync(join(ROOT, file), 'utf8'), from, to);
  return also === undefined ? mutated : replaceOnce(mutated, ...also);
}

/** Returns true if a test of the mutant fails. */
function isNoticed(mutant) {
  const folder = mkdtempSync(join(tmpdir(), 'shop-mutant-'));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, mutant.file), mutate(mutant));
    const run = (...args) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    const built = run('scripts/build.mjs');
    if (built.status !== 0) throw new Error(`the mutant can't be built: ${built.stderr}`);
    const { status, stdout } = run('node_modules/vitest/vitest.mjs', 'run', '--bail=1', ...mutant.tests);
    // tests that did not run prove nothing
    if (!/Tests .*(passed|failed)/.test(stdout)) throw new Error(`no test was run: ${stdout}`);
    for (const [line] of stdout.matchAll(/^.*×.*$/gm)) process.stdout.write(`${line}\n`);
    return status !== 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (values.check) {
  for (const mutant of chosen) mutate(mutant);
  process.exit();
}
let unnoticed = 0;
for (const mutant of chosen) {
  process.stdout.write(`without ${mutant.name} (${mutant.file})\n`);
  if (isNoticed(mutant)) continue;
  unnoticed++;
  process.stdout.write('  NO TEST FAILS\n');
}
process.stdout.write(`Tests failed for ${chosen.length - unnoticed} of ${chosen.length} mutants\n`);
process.exitCode = unnoticed === 0 && chosen.length > 0 ? 0 : 1;
