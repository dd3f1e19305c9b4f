import { ProductEntity, type ProductRow } from '../../db/entities/product.ts';
import type { Session } from '../../db/mysql/connection.ts';
import type { DataSource } from '../../db/mysql/data-source.ts';
import { isDuplicate } from '../../db/mysql/errors.ts';
import { listNewest, type Page } from '../../db/mysql/page.ts';
import { inTransaction, retryConflicts } from '../../db/mysql/transaction.ts';
import { recordActivity } from '../activities/record.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import { phrase } from '../phrase.ts';
import type { Origin } from '../requests/origin.ts';

/** A product of the shop. */
export interface Product {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  /** Price of one unit in points. */
  readonly price: number;
  /** Units in stock. */
  readonly stock: number;
}

/** The initial values of a product. */
export interface NewProduct {
  readonly name: string;
  readonly reference: string | null;
  readonly price: number;
  readonly stock: number;
}

/**
 * Creates a product and the stock row of its initial stock. An initial stock is the only change of a stock without a request.
 *
 * @throws ShopError `INVALID_INPUT` if another product has the reference.
 */
export async function createProduct(session: Session, product: NewProduct, origin: Origin): Promise<Product> {
  try {
    return await retryConflicts(() =>
      inTransaction(session, async () => {
        const created = await insertProduct(session, product);
        const subject = `product ${created.id}`;
        await recordActivity(session, origin, { action: 'product create', subject, after: product });
        return created;
      }),
    );
  } catch (error) {
    if (isDuplicate(error)) {
      throw new ShopError(
        'INVALID_INPUT',
        { field: 'reference', reason: phrase`${product.reference} is taken` },
        {
          message: phrase`Reference ${product.reference} is taken.`,
          hint: phrase`See \`shop product show @${product.reference}\`.`,
        },
      );
    }
    throw error;
  }
}

/** Inserts a product and the stock row of its initial stock, within a transaction. */
export async function insertProduct(session: Session, product: NewProduct): Promise<Product> {
  const { reference, name, price, stock } = product;
  const { insertId: id } = await session.execute(
    'INSERT INTO products (reference, name, price, stock, created_at) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3))',
    [reference, name, price, stock],
  );
  await session.execute(
    `INSERT INTO stock_movements (product_id, type, quantity, stock_after, request_id, created_at)
     VALUES (?, 'initial', ?, ?, NULL, UTC_TIMESTAMP(3))`,
    [id, stock, stock],
  );
  return { id, ...product };
}

/** Finds a product by id or reference. @throws ShopError `INVALID_PRODUCT` */
export async function findProduct(orm: DataSource, ref: Ref): Promise<Product> {
  const where = typeof ref === 'number' ? { id: ref } : { reference: ref.slice(1) };
  const row = await orm.getRepository(ProductEntity).findOneBy(where);
  if (row === null) throw new ShopError('INVALID_PRODUCT', { products: [ref] });
  return toProduct(row);
}

/** Lists products, newest first. */
export async function listProducts(orm: DataSource, page: Page): Promise<Product[]> {
  return (await listNewest(orm, ProductEntity, page)).map(toProduct);
}

/**
 * Changes the price of a product, for orders that are decided from now on.
 *
 * @throws ShopError `INVALID_PRODUCT`
 */
export async function repriceProduct(session: Session, ref: Ref, price: number, origin: Origin): Promise<Product> {
  return retryConflicts(() =>
    inTransaction(session, async () => {
      const product = await lockProduct(session, ref);
      if (product.price === price) return product;
      await session.execute('UPDATE products SET price = ? WHERE id = ?', [price, product.id]);
      const [subject, before, after] = [`product ${product.id}`, { price: product.price }, { price }];
      await recordActivity(session, origin, { action: 'product reprice', subject, before, after });
      return { ...product, price };
    }),
  );
}

async function lockProduct(session: Session, ref: Ref): Promise<Product> {
  const [column, value] = typeof ref === 'number' ? ['id', ref] : ['reference', ref.slice(1)];
  const [product] = await session.query<Product>(
    `SELECT id, reference, name, price, stock FROM products WHERE ${column} = ? FOR UPDATE`,
    [value],
  );
  if (product === undefined) throw new ShopError('INVALID_PRODUCT', { products: [ref] });
  return product;
}

function toProduct({ id, reference, name, price, stock }: ProductRow): Product {
  return { id: Number(id), reference, name, price: Number(price), stock: Number(stock) };
}
