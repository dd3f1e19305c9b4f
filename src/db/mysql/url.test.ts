import { describe, expect, it } from 'vitest';
import { splitHosts } from '../url.ts';
import { databaseAddress, databaseListener, databaseName } from './url.ts';

describe('a MySQL URL', () => {
  it('may name one host', () => {
    const url = 'mysql://shop:a%2Cb@db.example/my%20shop?ssl-mode=REQUIRED';
    expect(splitHosts(url).urls).toEqual([url]);
    expect(databaseName(url)).toBe('my shop');
    expect(databaseAddress(url)).toBe('db.example:3306');
    expect(databaseListener('mysql://a@[::1]:3307/s')).toEqual({ host: '::1', port: 3307 });
  });

  it('may name a socket', () => {
    const url = 'mysql://shop@localhost/shop?socket=/run/mysqld/mysqld.sock';
    expect(databaseAddress(url)).toBe('/run/mysqld/mysqld.sock');
    expect(databaseListener(url)).toEqual({ socketPath: '/run/mysqld/mysqld.sock' });
    expect(databaseName(url)).toBe('shop');
  });

  it('may name several hosts that share all other parts', () => {
    const url = 'mariadb://shop:a,b@one,two:3307,[::1]:3308/shop?ssl-mode=REQUIRED';
    expect(splitHosts(url).urls).toEqual([
      'mariadb://shop:a,b@one/shop?ssl-mode=REQUIRED',
      'mariadb://shop:a,b@two:3307/shop?ssl-mode=REQUIRED',
      'mariadb://shop:a,b@[::1]:3308/shop?ssl-mode=REQUIRED',
    ]);
    expect(databaseName(url)).toBe('shop');
    expect(databaseAddress(url)).toBe('one:3306, two:3307, [::1]:3308');
  });
});
