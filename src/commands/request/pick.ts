import type { Context } from '../../cli/context.ts';
import { type Column, fields } from '../../cli/output/view.ts';
import { listChoices } from '../../cli/prompts/choices.ts';
import type { Offer } from '../../cli/prompts/prompter.ts';
import { type BatchTotals, listBatches, readBatch } from '../../domain/batch-report.ts';
import { parseId, parseKey } from '../../domain/input.ts';
import { findOrder, listOrders, type Order } from '../../domain/order.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { type RequestRecord, showRequest } from '../../domain/request.ts';
import { listRequests } from '../../domain/request-list.ts';

const NEWEST = { limit: 20 };

/** Asks for an order: one of the newest, or an id. @throws Interrupted */
export async function pickOrder(context: Context): Promise<readonly string[]> {
  const session = await context.session();
  const columns: readonly Column<Order>[] = [
    { name: 'id', value: ({ orderId }) => orderId, kind: 'identifier' },
    { name: 'user', value: ({ userId }) => userId, kind: 'identifier' },
    ...fields<Order>('total', 'status', 'createdAt'),
    {
      name: 'products',
      value: ({ lines }) =>
        lines
          .map(({ name }) => name)
          .join(', ')
          .slice(0, LONGEST_PRODUCTS),
    },
  ];
  return pick(context, {
    name: 'order',
    message: phrase('order (one of the newest, or an id)'),
    columns,
    newest: () => listOrders(session, NEWEST),
    find: (text) => findOrder(session, parseId('order', text)),
    word: ({ orderId }) => String(orderId),
  });
}

const LONGEST_PRODUCTS = 40;

/** Asks for a batch: one of the newest, or a name or id. @throws Interrupted */
export async function pickBatch(context: Context): Promise<readonly string[]> {
  const session = await context.session();
  const columns: readonly Column<BatchTotals>[] = [
    { name: 'id', value: ({ batchId }) => batchId, kind: 'identifier' },
    { name: 'rows', value: ({ total }) => total },
    ...fields<BatchTotals>('pending', 'name'),
  ];
  return pick(context, {
    name: 'batch',
    message: phrase('batch (one of the newest, or a name or id)'),
    columns,
    newest: () => listBatches(session, NEWEST),
    find: (text) => readBatch(session, text),
    word: ({ name }) => name,
  });
}

/** Asks for a request: one of the newest, or a key or id. @throws Interrupted */
export async function pickRequest(context: Context): Promise<readonly string[]> {
  const session = await context.session();
  const columns = fields<RequestRecord>('id', 'kind', 'status', 'createdAt', 'key');
  return pick(context, {
    name: 'key',
    message: phrase('request (one of the newest, or a key or id)'),
    columns,
    newest: () => listRequests(session, NEWEST),
    find: (text) => showRequest(session, parseKey(text)),
    word: ({ key }) => key,
  });
}

interface Pick<Row> {
  readonly name: string;
  readonly message: Phrase;
  readonly columns: readonly Column<Row>[];
  readonly newest: () => Promise<readonly Row[]>;
  /** The one that is typed. @throws ShopError where there is none */
  readonly find: (text: string) => Promise<Row>;
  /** What stands for it on a command line. */
  readonly word: (row: Row) => string;
}

async function pick<Row>(context: Context, { name, message, columns, newest, find, word }: Pick<Row>) {
  const offer = async (typed: string): Promise<Offer<Row>> => {
    const rows = typed === '' ? await newest() : [await find(typed)];
    if (rows.length === 0) return { choices: [], remark: phrase('There are none yet.') };
    return listChoices(columns, rows, word, context.language);
  };
  return [word(await context.prompter.choose(name, offer, message))];
}
