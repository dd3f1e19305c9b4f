/** Messages about the local environment. */
export const DEV: Readonly<Record<string, string>> = {
  'migrated: {0}': '마이그레이션: {0}',
  '{0}, so commands do not use local servers.': '{0}. 그래서 명령이 로컬 서버를 쓰지 않습니다.',
  'SHOP_DATABASE_URL and SHOP_REDIS_URL are set': 'SHOP_DATABASE_URL과 SHOP_REDIS_URL이 설정되어 있습니다',
  'SHOP_DATABASE_URL is set': 'SHOP_DATABASE_URL이 설정되어 있습니다',
  'SHOP_REDIS_URL is set': 'SHOP_REDIS_URL이 설정되어 있습니다',
  'To use the servers in the URLs, run `shop db migrate` and `shop worker`. To use local servers, unset the URLs; `shop config show` shows where they are set.':
    'URL의 서버를 쓰려면 `shop db migrate`와 `shop worker`를 실행하십시오. 로컬 서버를 쓰려면 URL을 비우십시오. 어디에 설정되어 있는지는 `shop config show`로 볼 수 있습니다.',
  'There is no home folder for the local environment.': '로컬 환경을 둘 홈 폴더가 없습니다.',
  'Set SHOP_DATABASE_URL and SHOP_REDIS_URL, or set {0} to a folder for local servers.':
    'SHOP_DATABASE_URL과 SHOP_REDIS_URL을 설정하거나, {0}을/를 로컬 서버를 둘 폴더로 설정하십시오.',
  'The local environment in {0} keeps its data in {1}, but with {2}, the servers would come from another source and lack this data.':
    '{0}의 로컬 환경은 데이터를 {1}에 두는데, {2} 설정으로는 이 데이터가 없는 다른 서버가 시작됩니다.',
  'Unset {0}, use another folder with `export SHOP_DEV_DIR="$HOME/.shop"; shop dev up`, or delete the data with `shop dev reset`.':
    '{0}을/를 비우거나, `export SHOP_DEV_DIR="$HOME/.shop"; shop dev up`으로 다른 폴더를 쓰거나, `shop dev reset`으로 데이터를 지우십시오.',
  'Docker volumes': 'Docker 볼륨',
  'files of the servers on this machine': '이 컴퓨터의 서버 파일',
  '{0} is not running, although `shop dev down` has not stopped it. The last lines of {1}:':
    '{0}: `shop dev down`으로 중지하지 않았는데 실행되고 있지 않습니다. {1}의 마지막 줄들:',
  '`shop dev up` starts {0} again.': '`shop dev up`으로 {0}을/를 다시 시작할 수 있습니다.',
  '{0} is not a valid file of the local environment.': '{0}은/는 올바른 로컬 환경 파일이 아닙니다.',
  'Remove this file, and run `shop dev up`, which writes it again.':
    '이 파일을 지우고 `shop dev up`을 실행하십시오. 그러면 파일이 다시 만들어집니다.',
  '{0} in Docker': 'Docker의 {0}',
  'pulling the image {0}': '이미지를 받는 중: {0}',
  '`docker {0}` failed: {1}': '`docker {0}` 명령이 실패했습니다: {1}',
  'Check with `docker version` that the engine responds.': '`docker version`으로 엔진이 응답하는지 확인하십시오.',
  'no reason was given': '이유를 알 수 없음',
  'the worker': '워커',
  'The worker': '워커',
  'waiting until another `shop dev` command has ended': '다른 `shop dev` 명령이 끝나기를 기다리는 중',
  'creating a data directory with {0} {1}': '{0} {1}의 데이터 디렉터리를 만드는 중',
  "{0} can't create its data directory: {1}": '{0}의 데이터 디렉터리를 만들 수 없습니다: {1}',
  'The command was {0}. Check the free space and the permissions of {1}.':
    '실행한 명령: {0}. {1}의 남은 공간과 권한을 확인하십시오.',
  '{0} is MariaDB, but mariadb-install-db, which creates its data directory, was not found.':
    '{0}은/는 MariaDB인데, 데이터 디렉터리를 만드는 mariadb-install-db가 없습니다.',
  'Install mariadb-install-db (on Debian: mariadb-server-core and mariadb-client-core), or set SHOP_MYSQLD to another server.':
    'mariadb-install-db를 설치하거나(Debian: mariadb-server-core와 mariadb-client-core), SHOP_MYSQLD를 다른 서버로 설정하십시오.',
  'The data in {0} was created by {1}, but {2} is {3}.': '{0}의 데이터는 {1}에서 만든 것인데, {2}은/는 {3}입니다.',
  'Set SHOP_MYSQLD to a {0} server, or delete the data with `shop dev reset`.':
    'SHOP_MYSQLD를 {0} 서버로 설정하거나, `shop dev reset`으로 데이터를 지우십시오.',
  'updating the package lists with apt-get': 'apt-get으로 패키지 목록을 갱신하는 중',
  'installing {0} with apt-get': 'apt-get으로 설치하는 중: {0}',
  "apt-get can't install {0}: {1}": 'apt-get으로 설치할 수 없습니다 ({0}): {1}',
  'Install MySQL (or MariaDB) and Redis by hand, start Docker, or set SHOP_DATABASE_URL and SHOP_REDIS_URL.':
    'MySQL(또는 MariaDB)과 Redis를 직접 설치하거나, Docker를 시작하거나, SHOP_DATABASE_URL과 SHOP_REDIS_URL을 설정하십시오.',
  'Set {0} to the path of a {1} program, or unset {2}.': '{0}을/를 {1}의 경로로 설정하거나, {2}을/를 비워 두십시오.',
  '{0} is {1}, which is not a server program that can be run.': '{0}의 값 {1}은/는 서버로 실행할 수 없습니다.',
  '{0} is {1} {2}, but the minimum version is {3}.': '{0}의 서버는 {1} {2}입니다. 최소 버전은 {3}입니다.',
  'stopped while starting': '시작하는 중에 종료되었습니다',
  'did not respond within {0} seconds': '{0}초 안에 응답하지 않았습니다',
  '{0} {1}: {2}': '{0}: {1}: {2}',
  'its log is empty': '로그가 비어 있음',
  'See {0}. If AppArmor confines the program, use Docker or unload the AppArmor profile.':
    '{0}을/를 보십시오. AppArmor가 프로그램을 제한한다면 Docker를 쓰거나 AppArmor 프로필을 해제하십시오.',
  'See {0}.': '{0}을/를 보십시오.',
  '{0} was no longer running; starting it again': '{0}: 실행이 끝나 있어 다시 시작합니다',
  'starting {0} on 127.0.0.1:{1}: {2}': '{0}을/를 127.0.0.1:{1}에서 시작하는 중: {2}',
  'port {0} was taken by another program; trying another port':
    '다른 프로그램이 포트 {0}을/를 사용 중이어서 다른 포트를 시도합니다',
  'some started services could not be stopped; see `shop dev status`':
    '시작한 서비스 일부를 중지하지 못했습니다. `shop dev status`를 보십시오',
  'no Docker engine responds': '응답하는 Docker 엔진이 없음',
  "Docker can't pull {0}: {1}": 'Docker가 {0} 이미지를 받을 수 없음: {1}',
  'this machine does not have both a MySQL server (mysqld or mariadbd) and a Redis server (redis-server or valkey-server) of a supported version':
    '이 컴퓨터에 지원하는 버전의 mysqld나 mariadbd, 그리고 redis-server나 valkey-server가 없음',
  'packages can be installed only by root on Debian or Ubuntu': '패키지는 Debian과 Ubuntu에서 root로만 설치할 수 있음',
  "the system's packages are too old": '시스템의 패키지가 너무 오래됨',
  'Set SHOP_DATABASE_URL and SHOP_REDIS_URL, start Docker, install MySQL and Redis (or MariaDB, Valkey), or run as root on Debian or Ubuntu.':
    'SHOP_DATABASE_URL과 SHOP_REDIS_URL을 설정하거나, Docker를 시작하거나, MySQL과 Redis(또는 MariaDB, Valkey)를 설치하거나, Debian이나 Ubuntu에서 root로 실행하십시오.',
  'The servers of the local environment in {0} run in Docker, but {1}.':
    '{0}에 있는 로컬 환경의 서버는 Docker에서 실행됩니다: {1}.',
  'Start Docker, or use another folder with `export SHOP_DEV_DIR="$HOME/.shop"; shop dev up`.':
    'Docker를 시작하거나, `export SHOP_DEV_DIR="$HOME/.shop"; shop dev up`으로 다른 폴더를 쓰십시오.',
  'No source of MySQL and Redis is available: SHOP_DATABASE_URL and SHOP_REDIS_URL are not set, {0}.':
    '쓸 수 있는 MySQL과 Redis가 없습니다: SHOP_DATABASE_URL과 SHOP_REDIS_URL이 설정되지 않았음, {0}.',
  '{0} is not a valid state file of the local environment.': '{0}은/는 올바른 로컬 환경 상태 파일이 아닙니다.',
  'Stop the servers by hand, remove {0} with all local data, and run `shop dev up`.':
    '서버를 직접 중지하고 {0}을/를 로컬 데이터까지 모두 지운 뒤 `shop dev up`을 실행하십시오.',
  'restarting the worker, because its program or its servers have changed':
    '서버나 프로그램이 바뀌어 워커를 다시 시작합니다',
  'the worker was no longer running; starting it again': '워커의 실행이 끝나 있어 다시 시작합니다',
  'starting the worker': '워커를 시작하는 중',
};
