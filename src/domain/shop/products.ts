import { ProductEntity, type ProductRow } from '../../db/entities/product.ts';
import { StockMovementEntity } from '../../db/entities/stock-movement.ts';
import type { DataSource } from '../../db/mysql/data-source.ts';
import { isDuplicate } from '../../db/mysql/errors.ts';
import { insertRow, NOW } from '../../db/mysql/insert.ts';
import { inOrmTransaction } from '../../db/mysql/orm-transaction.ts';
import { listNewest, type Page } from '../../db/mysql/page.ts';
import { retryConflicts } from '../../db/mysql/transaction.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import { phrase } from '../phrase.ts';

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
export async function createProduct(orm: DataSource, product: NewProduct): Promise<Product> {
  try {
    return await retryConflicts(() => insertProduct(orm, product));
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

async function insertProduct(orm: DataSource, product: NewProduct): Promise<Product> {
  return inOrmTransaction(orm, async (manager) => {
    const id = await insertRow(manager, ProductEntity, { ...product, createdAt: NOW });
    await insertRow(manager, StockMovementEntity, {
      productId: id,
      type: 'initial',
      quantity: product.stock,
      stockAfter: product.stock,
      requestId: null,
      createdAt: NOW,
    });
    return { id, ...product };
  });
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
export async function repriceProduct(orm: DataSource, ref: Ref, price: number): Promise<Product> {
  const { id } = await findProduct(orm, ref);
  await retryConflicts(() => orm.getRepository(ProductEntity).update({ id }, { price }));
  return findProduct(orm, id);
}

function toProduct({ id, reference, name, price, stock }: ProductRow): Product {
  return { id: Number(id), reference, name, price: Number(price), stock: Number(stock) };
}
