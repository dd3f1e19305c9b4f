import { In } from 'typeorm';
import { HourlySale, Order, OrderLine, Outcome, PointTransaction, Product, StockMovement, User } from './entities.mjs';

const LOCKED = { mode: 'pessimistic_write' };

/**
 * Places an order as in a textbook: one transaction that locks the user and the products, checks the balance and the
 * stock, and writes through repositories. It uses `insert`, because `save` would query each row first, and it reads no
 * row back. So the twin is as fast as this design can be.
 */
export async function placeOrder(dataSource, { requestId, userId, items }, attempts) {
  await dataSource.transaction(async (manager) => {
    const users = manager.getRepository(User);
    const products = manager.getRepository(Product);
    const user = await users.findOneOrFail({ where: { id: userId }, lock: LOCKED });
    const found = await products.find({
      where: { id: In(items.map(({ productId }) => productId)) },
      order: { id: 'ASC' },
      lock: LOCKED,
    });
    const byId = new Map(found.map((product) => [product.id, product]));
    const lines = items.map(({ productId, quantity }, position) => {
      const product = byId.get(productId);
      if (product === undefined) throw new Error(`no product ${productId}`);
      if (product.stock < quantity) throw new Error(`too few of product ${productId}`);
      return { product, quantity, position };
    });
    const total = lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);
    const balance = user.balance - total;
    if (balance < 0) throw new Error(`user ${userId} has too few points`);

    const now = new Date();
    const orderId = requestId;
    await manager.getRepository(Order).insert({ id: orderId, userId, status: 'placed', total, createdAt: now });
    await manager.getRepository(OrderLine).insert(
      lines.map(({ product, quantity, position }) => {
        return { orderId, position, productId: product.id, quantity, unitPrice: product.price };
      }),
    );
    const { identifiers } = await manager.getRepository(PointTransaction).insert({
      userId,
      type: 'payment',
      amount: -total,
      balanceAfter: balance,
      requestId,
      orderId,
      createdAt: now,
    });
    await users.update(userId, { balance });
    for (const { product, quantity } of lines) {
      const stock = product.stock - quantity;
      await manager.getRepository(StockMovement).insert({
        productId: product.id,
        type: 'sale',
        quantity: -quantity,
        stockAfter: stock,
        requestId,
        createdAt: now,
      });
      await products.update(product.id, { stock });
      await countSale(manager, now, product.id, quantity);
    }
    const details = JSON.stringify({
      userId,
      total,
      balance,
      orderId,
      transactionId: Number(identifiers[0].id),
      names: lines.map(({ product }) => product.name),
    });
    await manager
      .getRepository(Outcome)
      .insert({ requestId, status: 'applied', code: null, attempts, details, decidedAt: now });
  });
}

/**
 * Adds a sale to its hour. It is a plain statement, because repositories can't increment a column on a duplicate key.
 */
async function countSale(manager, now, productId, quantity) {
  const hour = new Date(now);
  hour.setUTCMinutes(0, 0, 0);
  const { tablePath } = manager.dataSource.getMetadata(HourlySale);
  await manager.query(
    `INSERT INTO ${tablePath} (hour, product_id, quantity) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE quantity = quantity + VALUES(quantity)`,
    [hour, productId, quantity],
  );
}
