import { phrase } from '../phrase.ts';
import { double, type Pass, WHOLE } from './check.ts';

/** SQL for the hour of a time, as a number that sorts fast. */
const hour = (time: string) => `TO_DAYS(${time}) * 24 + HOUR(${time})`;
/**
 * Selects, for each product and hour, the units that were sold and not returned, and the units in hourly_sales. `number`
 * converts the quantities before they are summed. There are about as many groups as order lines, so SQL_BIG_RESULT makes the
 * server sort the rows instead of keeping a large table in memory.
 */
const hourly = (number: (quantity: string) => string) => `(
    SELECT SQL_BIG_RESULT hour, product_id, SUM(sold) AS sold, SUM(recorded) AS recorded FROM (
      SELECT ${hour('o.created_at')} AS hour, l.product_id, ${number('l.quantity - l.returned')} AS sold, ${number('0')} AS recorded
      FROM order_lines l ${WHOLE} JOIN orders o ${WHOLE} ON o.id = l.order_id
      UNION ALL SELECT ${hour('hour')}, product_id, ${number('0')}, ${number('quantity')} FROM hourly_sales
    ) either GROUP BY hour, product_id
  ) h`;

/** Compares hourly_sales, the source of the ranking, with the orders. */
export const HOURLY_SALES: Pass = {
  from: hourly((quantity) => quantity),
  proof: { from: hourly(double), when: 'h.sold <> h.recorded' },
  rules: [
    {
      check: 'hourly-sales',
      when: 'h.sold <> h.recorded',
      names: `CONCAT(FROM_DAYS(h.hour DIV 24), 'T', LPAD(h.hour MOD 24, 2, '0'), ':00:00.000Z') AS hour,
          h.product_id AS productId, h.sold, h.recorded AS told`,
      describe: (f) =>
        phrase`In the hour from ${f.hour}, the sales of product ${f.productId} minus returns are ${f.sold}, but hourly_sales has ${f.told}.`,
    },
  ],
};
