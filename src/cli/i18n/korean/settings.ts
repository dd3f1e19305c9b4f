/** Errors in settings. */
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
  'must be 1 to 32 characters (A-Z, a-z, 0-9 and _ -)': '1~32자여야 합니다 (A-Z, a-z, 0-9, _ -)',
  'must be the name of a time zone, such as Asia/Seoul, America/New_York or UTC':
    'Asia/Seoul, America/New_York, UTC 같은 시간대 이름이어야 합니다',
  'must be a port from 0 to {0}': '0에서 {0}까지의 포트여야 합니다',
  'must be a host name or an address': '호스트 이름이나 주소여야 합니다',
  'has a value that is not allowed': '허용되지 않는 값입니다',
  'Use one of {0}.': '다음 중 하나를 쓰십시오: {0}.',
  'Correct the value in the environment or in .env; docs/configuration.md lists all settings.':
    '환경 변수나 .env에서 고치십시오. 모든 설정은 docs/configuration.md에 있습니다.',
  "{0} can't be read: {1}.": '{0}을/를 읽을 수 없습니다: {1}.',
  "{0} can't be written to: {1}.": '{0}에 쓸 수 없습니다: {1}.',
  'it is not UTF-8': 'UTF-8이 아닙니다',
  'it is not a regular file, or is larger than 1 MB': '1MB 이하의 일반 파일이 아닙니다',
  "Check the permissions with `ls -ld '{0}'`, or run the command in another folder.":
    "`ls -ld '{0}'`로 권한을 확인하거나, 다른 폴더에서 명령을 실행하십시오.",
  "Check the permissions of the file with `ls -ld '{0}'`.": "`ls -ld '{0}'`로 읽기 권한을 확인하십시오.",
  "Save the file as UTF-8; `iconv -f UTF-16 -t UTF-8 '{0}'` converts the UTF-16 that PowerShell writes.":
    "UTF-8로 저장하십시오. PowerShell이 쓰는 UTF-16은 `iconv -f UTF-16 -t UTF-8 '{0}'`로 변환합니다.",
  '{0} belongs to another user, so it must not set {1}.': '{0}은/는 다른 사용자의 것이므로 {1}을/를 정할 수 없습니다.',
  'Set {0} in the environment, or run the command in another folder.':
    '{0}을/를 환경 변수로 정하거나, 다른 폴더에서 명령을 실행하십시오.',
  '{0} is a relative path ({1}), but the working directory does not exist.':
    '{0}은/는 상대 경로인데({1}), 작업 디렉터리가 없습니다.',
  'Give an absolute path.': '절대 경로를 쓰십시오.',
  'Use a folder of your own: `export SHOP_DEV_DIR="$HOME/.shop"; shop dev up`.':
    '자신의 폴더를 쓰십시오: `export SHOP_DEV_DIR="$HOME/.shop"; shop dev up`.',
  'The local environment in {0} belongs to another user.': '{0}의 로컬 환경은 다른 사용자의 것입니다.',
  'Run the command as that user, or use a folder of your own: `export SHOP_DEV_DIR="$HOME/.shop"; shop dev up`.':
    '그 사용자로 명령을 실행하거나, 자신의 폴더를 쓰십시오: `export SHOP_DEV_DIR="$HOME/.shop"; shop dev up`.',
  'there is no home folder; set XDG_STATE_HOME to a folder': '홈 폴더가 없습니다. XDG_STATE_HOME을 폴더로 설정하십시오',
  'In the user name and password, write % as %25, # as %23, / as %2F, ? as %3F and @ as %40; `node -p \'encodeURIComponent("password")\'` encodes a password.':
    '사용자 이름과 비밀번호에서 %는 %25, #은 %23, /는 %2F, ?는 %3F, @는 %40으로 쓰십시오. `node -p \'encodeURIComponent("password")\'`로 바꿀 수 있습니다.',
  "has several hosts, so it can't have a socket": '호스트가 여럿이면 socket을 쓸 수 없습니다',
  'has a socket that is not an absolute path': 'socket이 절대 경로가 아닙니다',
  'SHOP_LANG has a value that is not allowed.': 'SHOP_LANG에 허용되지 않는 값이 있습니다.',
  'Use {0}, or unset SHOP_LANG to use the language of the locale.':
    '{0} 중에서 고르거나, 로캘의 언어를 쓰려면 SHOP_LANG을 비워 두십시오.',
  'Allowed options are ssl-mode (DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY), ssl-ca, ssl-cert and ssl-key; for MySQL also socket, and for sentinels also sentinel_username and sentinel_password. See docs/configuration.md.':
    '쓸 수 있는 옵션은 ssl-mode (DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY), ssl-ca, ssl-cert, ssl-key이며, MySQL에는 socket, 센티널에는 sentinel_username과 sentinel_password도 쓸 수 있습니다. docs/configuration.md를 보십시오.',
  'has an unknown option': '알 수 없는 옵션이 있습니다',
  'has an option that occurs more than once': '같은 옵션이 여러 번 있습니다',
  'has an unknown ssl-mode': 'ssl-mode의 값을 알 수 없습니다',
  'has TLS options and must therefore begin with rediss://': 'TLS 옵션을 쓰려면 rediss://로 시작해야 합니다',
  'begins with rediss:// and has ssl-mode=DISABLED': 'rediss://로 시작하면서 ssl-mode=DISABLED입니다',
  'has options that ssl-mode=DISABLED ignores': 'ssl-mode=DISABLED에서는 쓰지 않는 옵션이 있습니다',
  'must have ssl-cert and ssl-key together': 'ssl-cert와 ssl-key는 함께 있어야 합니다',
  'must have an ssl-mode or an ssl-ca if it has an ssl-cert': 'ssl-cert를 쓰려면 ssl-mode나 ssl-ca가 있어야 합니다',
  'has an ssl-ca, which ssl-mode=REQUIRED ignores': 'ssl-mode=REQUIRED에서는 ssl-ca를 쓰지 않습니다',
  'must have an ssl-ca for ssl-mode=VERIFY_CA': 'ssl-mode=VERIFY_CA에는 ssl-ca가 있어야 합니다',
  'must have a host name for ssl-mode=VERIFY_IDENTITY': 'ssl-mode=VERIFY_IDENTITY에는 호스트 이름이 있어야 합니다',
  'has an {0} that is not a PEM file: {1}': '{0}이/가 PEM 파일이 아닙니다: {1}',
  "has an {0} that can't be read ({1}): {2}": '{0}을/를 읽을 수 없습니다 ({1}): {2}',
  'must be a duration from 10ms to 1m, such as 500ms or 2s': '500ms나 2s처럼 10ms에서 1m까지의 시간이어야 합니다',
  '{0} is not a setting and has no effect.': '{0}은/는 설정이 아니므로 무시됩니다.',
  'List the settings with `shop config show`.': '모든 설정은 `shop config show`로 볼 수 있습니다.',
  value: '값',
  'There are no settings.': '설정이 없습니다.',
  'must name the same database as SHOP_DATABASE_URL': 'SHOP_DATABASE_URL과 같은 데이터베이스를 가리켜야 합니다',
};
