import { ProductEntity, type ProductRow } from '../../db/entities/product.ts';
import { Conditions } from '../../db/mysql/conditions.ts';
import type { Session, SqlValue } from '../../db/mysql/connection.ts';
import type { DataSource } from '../../db/mysql/data-source.ts';
import type { Page } from '../../db/mysql/page.ts';
import { inTransaction, retryConflicts } from '../../db/mysql/transaction.ts';
import type { ActivityAction } from '../activities/actions.ts';
import { recordActivity } from '../activities/record.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import type { Origin } from '../requests/origin.ts';
import { editEntry } from './edit-entry.ts';
import { editedReference, findProductId, withReference } from './references.ts';
import { narrowToText } from './search.ts';

export interface Product {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  /** Price of one unit in points. */
  readonly price: number;
  /** Units in stock. */
  readonly stock: number;
  /** True for a product that is no longer on sale. */
  readonly retired: boolean;
}

/** The initial values of a product. */
export interface NewProduct {
  readonly name: string;
  readonly reference: string | null;
  readonly price: number;
  readonly stock: number;
}

/** New values of a product. An undefined field does not change. */
export interface ProductEdit {
  readonly name?: string | undefined;
  readonly price?: number | undefined;
  readonly reference?: string | undefined;
}

/** Filters of `product list`. */
export interface ProductFilter extends Page {
  /** Only products that match this text; see `narrowToText`. */
  readonly search?: string | undefined;
  /** Only products with less stock than this. */
  readonly stockBelow?: number | undefined;
  /** If true, only retired products; if false, all products. */
  readonly retired: boolean;
  /**
   * In a list sorted by id, the newest product comes first. In other lists, the lowest value comes first, and equal
   * values are sorted by id.
   */
  readonly sort: 'id' | 'name' | 'stock' | 'price';
}

/**
 * Creates a product and the stock row for its initial stock. This is the only stock row that is written without a request.
 *
 * @throws ShopError `INVALID_INPUT` if another product has the reference.
 */
export async function createProduct(session: Session, product: NewProduct, origin: Origin): Promise<Product> {
  return withReference('product', product.reference, () =>
    retryConflicts(() =>
      inTransaction(session, async () => {
        const created = await insertProduct(session, product);
        const subject = `product ${created.id}`;
        await recordActivity(session, origin, { action: 'product create', subject, after: product });
        return created;
      }),
    ),
  );
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
  return { id, ...product, retired: false };
}

/** Finds a product by id or reference. @throws ShopError `INVALID_PRODUCT` */
export async function findProduct(orm: DataSource, ref: Ref): Promise<Product> {
  const where = typeof ref === 'number' ? { id: ref } : { reference: ref.slice(1) };
  const row = await orm.getRepository(ProductEntity).findOneBy(where);
  if (row === null) throw new ShopError('INVALID_PRODUCT', { products: [ref] });
  return toProduct(row);
}

/**
 * Lists products. If the list is not sorted by id, a page begins after the current name, stock or price of the product that has
 * the id `after`. So a product whose name, stock or price changes between two pages may be listed twice or not at all.
 *
 * @throws ShopError `INVALID_PRODUCT` if the list is not sorted by id, and no product has the id `after`.
 */
export async function listProducts(session: Session, filter: ProductFilter): Promise<Product[]> {
  const { search, stockBelow, retired, sort, after, limit } = filter;
  const where = new Conditions();
  if (search !== undefined) narrowToText(where, search);
  where.narrow('stock < ?', stockBelow);
  if (retired) where.add('retired_at IS NOT NULL');
  if (sort === 'id') where.narrow('id < ?', after);
  else if (after !== undefined) {
    const [last] = await session.query<{ value: SqlValue }>(`SELECT ${sort} AS value FROM products WHERE id = ?`, [
      after,
    ]);
    if (last === undefined) throw new ShopError('INVALID_PRODUCT', { products: [after] });
    // in this form, the condition selects two ranges of an index, so the server does not read the rows of earlier pages again,
    // even those with the value `last.value`
    where.add(`(${sort} = ? AND id > ? OR ${sort} > ?)`, last.value, after, last.value);
  }
  const rows = await session.query<StoredProduct>(
    `${SELECT_PRODUCTS} WHERE ${where.sql} ORDER BY ${sort === 'id' ? 'id DESC' : `${sort}, id`} LIMIT ?`,
    [...where.values, limit],
  );
  return rows.map(toProduct);
}

/**
 * Changes the name or price of a product, or sets the reference. A new price applies to orders that are decided from now on.
 *
 * @throws ShopError `INVALID_PRODUCT`; `INVALID_INPUT` if the product has another reference, or another product has the given
 *   reference.
 */
export async function editProduct(session: Session, product: Ref, edit: ProductEdit, origin: Origin): Promise<Product> {
  const { name, price, reference } = edit;
  return withReference('product', reference, () =>
    changeProduct(session, product, origin, 'product edit', (before) => ({
      ...before,
      reference: editedReference('product', before, reference),
      name: name ?? before.name,
      price: price ?? before.price,
    })),
  );
}

/** Changes the price of a product, as `editProduct` does. @throws ShopError `INVALID_PRODUCT` */
export async function repriceProduct(session: Session, product: Ref, price: number, origin: Origin): Promise<Product> {
  return changeProduct(session, product, origin, 'product reprice', (before) => ({ ...before, price }));
}

/** Takes a product off sale: it can't be ordered or added to a cart until restored. @throws ShopError `INVALID_PRODUCT` */
export async function retireProduct(session: Session, product: Ref, origin: Origin): Promise<Product> {
  return changeProduct(session, product, origin, 'product retire', (before) => ({ ...before, retired: true }));
}

/** Puts a retired product on sale again. @throws ShopError `INVALID_PRODUCT` */
export async function restoreProduct(session: Session, product: Ref, origin: Origin): Promise<Product> {
  return changeProduct(session, product, origin, 'product restore', (before) => ({ ...before, retired: false }));
}

async function changeProduct(
  session: Session,
  product: Ref,
  origin: Origin,
  action: ActivityAction,
  change: (product: Product) => Product,
): Promise<Product> {
  const id = await findProductId(session, product);
  const lock = async () => {
    const [row] = await session.query<StoredProduct>(`${SELECT_PRODUCTS} WHERE id = ? FOR UPDATE`, [id]);
    if (row === undefined) throw new ShopError('INVALID_PRODUCT', { products: [product] });
    return toProduct(row);
  };
  const save = async ({ name, price, reference, retired }: Product) => {
    await session.execute(
      `UPDATE products SET name = ?, price = ?, reference = ?,
         retired_at = IF(?, COALESCE(retired_at, UTC_TIMESTAMP(3)), NULL)
       WHERE id = ?`,
      [name, price, reference, retired, id],
    );
  };
  return editEntry(session, 'product', { action, lock, change, save }, origin);
}

type StoredProduct = Omit<ProductRow, 'createdAt'>;

const SELECT_PRODUCTS = 'SELECT id, reference, name, price, stock, retired_at AS retiredAt FROM products';

function toProduct({ id, reference, name, price, stock, retiredAt }: StoredProduct): Product {
  return {
    id: Number(id),
    reference,
    name,
    price: Number(price),
    stock: Number(stock),
    retired: retiredAt !== null,
  };
}
