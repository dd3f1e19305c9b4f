import type { Command } from 'commander';
import type { ArgumentSpec, Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, optional, parsePage } from '../../cli/options.ts';
import { answer, fields, listView, recordView } from '../../cli/output/view.ts';
import { required } from '../../cli/prompts/arguments.ts';
import { addCommand, defineGroup } from '../../cli/registration.ts';
import { parseName, parsePrice, parseQuantity, parseRef, parseReference, parseStock } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Product } from '../../domain/product.ts';
import { addImport } from '../import.ts';
import { makeRequest, REQUEST_OPTIONS, type RequestFields, type RequestFlags } from '../request/submit.ts';
import { addTop } from './top.ts';

type Restocked = Product & RequestFields;

const COLUMNS = fields<Product>('id', 'reference', 'name', 'price', 'stock');
const PRODUCT = recordView<Product>(...COLUMNS);
const PRODUCTS = listView<Product>(phrase('No products.'), ...COLUMNS);
const RESTOCKED = recordView<Restocked>(
  ...fields<Restocked>('id', 'reference', 'name', 'price', 'stock', 'requestId', 'key', 'replayed', 'attempts'),
);

const PRODUCT_ARGUMENT: ArgumentSpec = {
  name: 'product',
  description: "the product's id, or @reference",
  values: 'product',
  parse: (text: string) => parseRef('product', text),
  ask: async (context) => (await import('./pick.ts')).pickProduct(context),
};

/** `shop product` */
export function defineProduct(group: Command, runner: Runner): void {
  defineGroup(group, {
    examples: [
      'shop product create "Notebook A5" --price 900 --stock 1200',
      'shop product restock 1 500',
      'shop product top',
    ],
  });
  addCreate(group, runner);
  addShow(group, runner);
  addList(group, runner);
  addRestock(group, runner);
  addReprice(group, runner);
  addImport(group, 'product', runner);
  addTop(group, runner);
}

function addCreate(group: Command, runner: Runner): void {
  addCommand<{ price?: string; stock?: string; reference?: string }>(
    group,
    {
      name: 'create',
      summary: 'Create a product with its first stock',
      arguments: [{ name: 'name', description: '1 to 200 characters', parse: parseName }],
      options: [
        { flags: '--price <points>', description: 'points for one unit, 1 to 1,000,000,000,000 (required)' },
        { flags: '--stock <units>', description: 'units in stock (required)' },
        { flags: '--reference <reference>', description: 'the id by which the outside world knows the product' },
      ],
      examples: [
        'shop product create "Notebook A5" --price 900 --stock 1200',
        'shop product create "White lantern" --price 339 --stock 188 --reference 71053',
      ],
      run: async (context, [name = ''], { price, stock, reference }) => {
        const product = {
          name: parseName(name),
          price: parsePrice(await required(context, '--price <points>', price, parsePrice)),
          stock: parseStock(await required(context, '--stock <units>', stock, parseStock)),
          reference: optional(reference, (text) => parseReference('reference', text)) ?? null,
        };
        const { createProduct } = await import('../../domain/product.ts');
        return answer(await createProduct(await context.orm(), product), PRODUCT);
      },
    },
    runner,
  );
}

function addShow(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'show',
      summary: 'Show a product',
      arguments: [PRODUCT_ARGUMENT],
      examples: ['shop product show 1', 'shop product show @71053 --json'],
      run: async (context, [product = '']) => {
        const ref = parseRef('product', product);
        const { findProduct } = await import('../../domain/product.ts');
        return answer(await findProduct(await context.orm(), ref), PRODUCT);
      },
    },
    runner,
  );
}

function addList(group: Command, runner: Runner): void {
  addCommand<ListFlags>(
    group,
    {
      name: 'list',
      summary: 'List products, newest first',
      options: LIST_OPTIONS,
      examples: ['shop product list', 'shop product list --limit 1000 -o csv'],
      run: async (context, _args, flags) => {
        const page = parsePage(flags);
        const { listProducts } = await import('../../domain/product.ts');
        return answer(await context.read(async (server) => listProducts(await server.orm(), page)), PRODUCTS);
      },
    },
    runner,
  );
}

function addRestock(group: Command, runner: Runner): void {
  addCommand<RequestFlags>(
    group,
    {
      name: 'restock',
      summary: "Add units to a product's stock",
      arguments: [PRODUCT_ARGUMENT, { name: 'quantity', description: 'units, 1 to 1,000,000', parse: parseQuantity }],
      options: REQUEST_OPTIONS,
      examples: ['shop product restock 1 500', 'shop product restock @71053 500 --key delivery-88'],
      run: async (context, [product = '', quantity = ''], flags) => {
        const payload = { product: parseRef('product', product), quantity: parseQuantity(quantity) };
        return makeRequest(context, { kind: 'restock', payload }, flags, async (outcome, request) => {
          const { id, reference, name, price, stock } = outcome as unknown as Product;
          return answer<Restocked, Restocked>({ id, reference, name, price, stock, ...request }, RESTOCKED);
        });
      },
    },
    runner,
  );
}

function addReprice(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'reprice',
      summary: 'Give a product another price',
      arguments: [
        PRODUCT_ARGUMENT,
        { name: 'price', description: 'points for one unit, 1 to 1,000,000,000,000', parse: parsePrice },
      ],
      examples: ['shop product reprice 1 1250'],
      run: async (context, [product = '', price = '']) => {
        const [ref, points] = [parseRef('product', product), parsePrice(price)];
        const { repriceProduct } = await import('../../domain/product.ts');
        return answer(await repriceProduct(await context.orm(), ref, points), PRODUCT);
      },
    },
    runner,
  );
}
