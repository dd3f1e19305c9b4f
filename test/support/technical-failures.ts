import type { TestShop } from './shop.ts';

/** Makes charges and orders of chosen amounts fail in the database for technical reasons. */
export class TechnicalFailures {
  readonly #shop: TestShop;

  private constructor(shop: TestShop) {
    this.#shop = shop;
  }

  /** Installs the triggers in the shop's database. */
  static async on(shop: TestShop): Promise<TechnicalFailures> {
    // an auto-increment counts attempts, because a rollback does not undo it
    await shop.sql('CREATE TABLE failing (amount BIGINT PRIMARY KEY, times INT NOT NULL)');
    await shop.sql('CREATE TABLE tries (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY)');
    await shop.sql(`CREATE TRIGGER fail_some BEFORE INSERT ON point_transactions FOR EACH ROW
      BEGIN
        DECLARE failures INT DEFAULT (SELECT times FROM failing WHERE amount = ABS(NEW.amount));
        IF failures > 0 THEN
          INSERT INTO tries VALUES (NULL);
          IF LAST_INSERT_ID() <= failures THEN
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a failure made by the test';
          END IF;
        END IF;
      END`);
    return new TechnicalFailures(shop);
  }

  /** Fails the first `times` attempts that write a ledger row of this amount, whether positive or negative. */
  async fail(amount: number | string, times: number): Promise<void> {
    await this.#shop.sql('REPLACE INTO failing VALUES (?, ?)', [Number(amount), times]);
  }

  /** Counts the attempts since `end()`. */
  async tries(): Promise<number> {
    await this.#shop.sql('INSERT INTO tries VALUES (NULL)');
    const [row] = await this.#shop.sql<{ tries: number }>('SELECT MAX(id) - 1 AS tries FROM tries');
    return row?.tries ?? 0;
  }

  /** Removes all failures and resets the count. */
  async end(): Promise<void> {
    await this.#shop.sql('DELETE FROM failing');
    await this.#shop.sql('TRUNCATE TABLE tries');
  }
}
