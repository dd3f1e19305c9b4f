import type { TestShop } from './shop.ts';

/** Charges and orders of chosen amounts that meet a technical failure in the database. */
export class TechnicalFailures {
  readonly #shop: TestShop;

  private constructor(shop: TestShop) {
    this.#shop = shop;
  }

  /** Makes it possible in the shop's database. */
  static async on(shop: TestShop): Promise<TechnicalFailures> {
    // counted by an auto-increment, which a rollback does not take back
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

  /** Lets the first `times` attempts fail that would write a ledger row of this amount, whichever way it goes. */
  async fail(amount: number | string, times: number): Promise<void> {
    await this.#shop.sql('REPLACE INTO failing VALUES (?, ?)', [Number(amount), times]);
  }

  /** Attempts that were made since `end()`. */
  async tries(): Promise<number> {
    await this.#shop.sql('INSERT INTO tries VALUES (NULL)');
    const [row] = await this.#shop.sql<{ tries: number }>('SELECT MAX(id) - 1 AS tries FROM tries');
    return row?.tries ?? 0;
  }

  /** Lets nothing fail any more, and counts from nothing. */
  async end(): Promise<void> {
    await this.#shop.sql('DELETE FROM failing');
    await this.#shop.sql('TRUNCATE TABLE tries');
  }
}
