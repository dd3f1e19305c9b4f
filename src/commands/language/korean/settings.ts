/** Settings: what is wrong with one. */
export const SETTINGS: Readonly<Record<string, string>> = {
  'must be a duration from 1s to 1d, such as 60s or 5m': '60s나 5m처럼 1s에서 1d까지의 시간이어야 합니다',
  'must be a URL like mysql://user:password@host:3306/database':
    'mysql://user:password@host:3306/database 같은 URL이어야 합니다',
  'must be a URL like mysql://user:password@host:3306/database or mysql://user:password@host:3306,host:3306/database':
    'mysql://user:password@host:3306/database, mysql://user:password@host:3306,host:3306/database 같은 URL이어야 합니다',
  'must be a URL like redis://:password@host:6379, redis+cluster://:password@host:6379,host:6379 or redis+sentinel://:password@host:26379,host:26379/master':
    'redis://:password@host:6379, redis+cluster://:password@host:6379,host:6379, redis+sentinel://:password@host:26379,host:26379/master 같은 URL이어야 합니다',
  'must have a sentinel_password for its sentinel_username':
    'sentinel_username을 쓰려면 sentinel_password가 있어야 합니다',
  'must be 1 to 32 of A-Z a-z 0-9 _ -': 'A-Z a-z 0-9 _ - 가운데 1~32자여야 합니다',
  'must be a port, 0 to {0}': '0에서 {0}까지의 포트여야 합니다',
  'must be a host name or an address': '호스트 이름이나 주소여야 합니다',
  'has a value that is not allowed': '허용되지 않는 값입니다',
  'Use one of {0}.': '다음 중 하나를 쓰십시오: {0}.',
  'Correct it in the environment or in .env; the README lists all settings.':
    '환경 변수나 .env에서 고치십시오. 모든 설정은 README에 있습니다.',
  'SHOP_LANG has a value that is not allowed.': 'SHOP_LANG에 허용되지 않는 값이 있습니다.',
  'Use {0}, or leave it out to have the language of the locale.':
    '{0} 중에서 고르거나, 로캘의 언어를 쓰려면 비워 두십시오.',
  'Its options are ssl-mode (DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY), ssl-ca, ssl-cert and ssl-key; the README explains them.':
    '옵션은 ssl-mode (DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY), ssl-ca, ssl-cert, ssl-key이며, README에 설명이 있습니다.',
  'has an option that is not known': '알 수 없는 옵션이 있습니다',
  'has an option more than once': '같은 옵션이 여러 번 있습니다',
  'has an ssl-mode that is not known': 'ssl-mode의 값을 알 수 없습니다',
  'has options of TLS, for which it must begin with rediss://': 'TLS 옵션을 쓰려면 rediss://로 시작해야 합니다',
  'begins with rediss:// and has ssl-mode=DISABLED': 'rediss://로 시작하면서 ssl-mode=DISABLED입니다',
  'has options that ssl-mode=DISABLED makes idle': 'ssl-mode=DISABLED일 때 쓸모없는 옵션이 있습니다',
  'must have ssl-cert and ssl-key together': 'ssl-cert와 ssl-key는 함께 있어야 합니다',
  'must have an ssl-mode or an ssl-ca for ssl-cert': 'ssl-cert를 쓰려면 ssl-mode나 ssl-ca가 있어야 합니다',
  'has an ssl-ca at which ssl-mode=REQUIRED does not look': 'ssl-mode=REQUIRED에서는 ssl-ca를 쓰지 않습니다',
  'must have an ssl-ca for ssl-mode=VERIFY_CA': 'ssl-mode=VERIFY_CA에는 ssl-ca가 있어야 합니다',
  'must have a host name for ssl-mode=VERIFY_IDENTITY': 'ssl-mode=VERIFY_IDENTITY에는 호스트 이름이 있어야 합니다',
  'has an {0} that is no PEM file: {1}': '{0}이/가 PEM 파일이 아닙니다: {1}',
  "has an {0} that can't be read ({1}): {2}": '{0}을/를 읽을 수 없습니다 ({1}): {2}',
  'must be a duration from 10ms to 1m, such as 500ms or 2s': '500ms나 2s처럼 10ms에서 1m까지의 시간이어야 합니다',
  'must name the same database as SHOP_DATABASE_URL': 'SHOP_DATABASE_URL과 같은 데이터베이스를 가리켜야 합니다',
};
