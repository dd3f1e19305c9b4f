/** Messages and hints of errors. */
export const ERRORS: Readonly<Record<string, string>> = {
  '{0} {1}.': '{0}: {1}.',
  '{0} {1}': '{0}: {1}',
  'line {0}: {1}': '{0}번째 줄: {1}',
  '{0} or {1}': '{0} 또는 {1}',
  'row {0}': '행: {0}',
  'This is a bug in shop: {0}.': 'shop의 버그입니다: {0}.',
  'Run the same command with --verbose, and report the stack trace that it prints.':
    '같은 명령을 --verbose와 함께 실행하고, 출력되는 스택 추적을 신고하십시오.',
  'Interrupted.': '중단되었습니다.',
  'Run the command again.': '명령을 다시 실행하십시오.',

  'The output could not be written completely: {0}.': '출력을 끝까지 쓰지 못했습니다: {0}.',
  'Redis at {0} accepts no more data: it has reached its maxmemory, and its maxmemory-policy evicts nothing.':
    '{0}의 Redis가 더 이상 데이터를 받지 않습니다. maxmemory에 도달했고, maxmemory-policy에 따라 어떤 키도 제거하지 않습니다.',
  'Raise maxmemory, for example with `redis-cli CONFIG SET maxmemory 1gb`; `shop doctor` shows how much memory is used.':
    '`redis-cli CONFIG SET maxmemory 1gb`처럼 늘리십시오. 사용량은 `shop doctor`로 확인합니다.',
  'MySQL at {0} does not accept statements as large as shop may send: {1}.':
    '{0}의 MySQL은 shop이 보내는 큰 SQL 문을 받지 않습니다: {1}.',
  'Run `SET PERSIST max_allowed_packet = {0}` on the server (on MariaDB: SET GLOBAL, and edit the configuration file), then try again.':
    '서버에서 `SET PERSIST max_allowed_packet = {0}`을/를 실행한 뒤(MariaDB는 SET GLOBAL을 쓰고 설정 파일도 수정) 다시 시도하십시오.',
  '{0} could not be written completely: {1}.': '{0}을/를 끝까지 쓰지 못했습니다: {1}.',
  'The request is recorded; print it with `shop request show {0}`.':
    '요청은 기록되었습니다. `shop request show {0}`으로/로 확인하십시오.',
  'The batch is recorded; print it with `shop batch show {0}`.':
    '배치는 기록되었습니다. `shop batch show {0}`으로/로 확인하십시오.',
  'Free some space, or write to another disk. Changes that the command has made, if any, are kept.':
    '공간을 비우거나 다른 곳에 쓰십시오. 명령이 바꾼 내용은 유지됩니다.',

  'needs a value, but is followed by the option {0}': '값이 필요한데, 뒤에 옵션 {0}이/가 있습니다',
  'There is no user {0}.': '사용자 {0}을/를 찾을 수 없습니다.',
  'List users with `shop user list`.': '`shop user list`로 사용자 목록을 확인하십시오.',
  'There is no product {0}.': '상품 {0}을/를 찾을 수 없습니다.',
  'These products do not exist: {0}.': '존재하지 않는 상품입니다: {0}.',
  'List products with `shop product list`.': '`shop product list`로 상품 목록을 확인하십시오.',
  'User {0} has {1} points, but {2} are needed.': '사용자 {0}의 잔액은 {1}포인트이고, {2}포인트가 필요합니다.',
  'Charge points with `shop charge {0} <amount>`.': '`shop charge {0} <amount>`로 포인트를 충전하십시오.',
  'See the ledger with `shop balance history {0}`.': '`shop balance history {0}`으로/로 원장을 확인하십시오.',
  'Not enough stock: {0}.': '재고가 부족합니다: {0}.',
  'Order fewer units, or restock with `shop product restock <product> <quantity>`.':
    '수량을 줄이거나, `shop product restock <product> <quantity>`로 재고를 늘리십시오.',
  'To set the stock to a counted value, run `shop product adjust {0} --to <stock> --reason <reason>`.':
    '실사한 재고로 맞추려면 `shop product adjust {0} --to <stock> --reason <reason>`을/를 실행하십시오.',
  'Put fewer units in the cart, or restock with `shop product restock <product> <quantity>`.':
    '장바구니에 적게 담거나, `shop product restock <product> <quantity>`로 재고를 늘리십시오.',
  'product {0} ({1}): {2} requested, {3} left': '상품 {0} ({1}): 요청 {2}, 남은 수량 {3}',
  'product {0} ({1}): {2} requested, {3} in the cart': '상품 {0} ({1}): 요청 {2}, 담긴 수량 {3}',
  'The cart of user {0} does not contain {1}.': '사용자 {0}의 장바구니에 없는 상품입니다: {1}.',
  'The cart of user {0} holds too few units: {1}.': '사용자 {0}의 장바구니에 담긴 수량이 부족합니다: {1}.',
  "See the cart's contents with `shop cart show {0}`.":
    '`shop cart show {0}`으로/로 장바구니에 담긴 것을 확인하십시오.',
  "User {0} is blocked and can't place orders.": '사용자 {0}은/는 차단되어 주문할 수 없습니다.',
  'Unblock the user with `shop user unblock {0}`.': '`shop user unblock {0}`으로/로 차단을 해제하십시오.',
  'These products are no longer on sale: {0}.': '더 이상 판매하지 않습니다: {0}.',
  'product {0} ({1})': '상품 {0} ({1})',
  'Leave out the retired products (`shop cart remove` removes them from a cart), or put a product back on sale with `shop product restore {0}`.':
    '판매를 종료한 상품을 빼거나(장바구니에서는 `shop cart remove`로 뺍니다), `shop product restore {0}`으로/로 다시 판매하십시오.',
  'Order {0} does not contain {1}.': '주문 {0}에 없는 상품입니다: {1}.',
  'Order {0} has too few units left to return: {1}.': '주문 {0}에 반품할 수 있는 수량이 부족합니다: {1}.',
  'See what was returned with `shop order show {0}`.': '`shop order show {0}`으로/로 반품된 것을 확인하십시오.',
  'The cart of user {0} is empty.': '사용자 {0}의 장바구니가 비어 있습니다.',
  'Add products with `shop cart add {0} <product>:<quantity>`.':
    '`shop cart add {0} <product>:<quantity>`로 상품을 담으십시오.',
  'The {0} would be {1}, above its maximum of {2}.': '{0}: {1}이/가 되어 최댓값 {2}을/를 넘습니다.',
  'Use a smaller number.': '더 작은 수를 쓰십시오.',
  'To return the units without adding them to the stock, add `--no-restock`.':
    '재고에 더하지 않고 반품하려면 `--no-restock`을 추가하십시오.',
  'Return fewer units, or lower the balance with `shop balance adjust <user> --by -<points> --reason <reason>`.':
    '더 적게 반품하거나, `shop balance adjust <user> --by -<points> --reason <reason>`로 잔액을 줄이십시오.',
  'To return the units without adding them to the stock, run `shop order return <order> <item...> --no-restock`.':
    '재고에 더하지 않고 반품하려면 `shop order return <order> <item...> --no-restock`을 실행하십시오.',
  'Lower the balance with `shop balance adjust <user> --by -<points> --reason <reason>`, or return only some units.':
    '`shop balance adjust <user> --by -<points> --reason <reason>`로 잔액을 줄이거나, 일부만 반품하십시오.',
  'balance of user {0}': '사용자 {0}의 잔액',
  'stock of product {0}': '상품 {0}의 재고',
  'quantity of product {0}': '상품 {0}의 수량',
  'quantity of product {0} in the cart of user {1}': '사용자 {1}의 장바구니에 담긴 상품 {0}의 수량',
  'number of products in the cart of user {0}': '사용자 {0}의 장바구니에 담긴 상품 수',
  'Check out first, or remove some products with `shop cart remove`.':
    '먼저 주문하거나, `shop cart remove`로 일부를 빼십시오.',
  '{0} failed for a technical reason after {1} attempts; nothing was changed.':
    '{0}이/가 기술적인 이유로 {1}번 시도 끝에 실패했습니다. 바뀐 것은 없습니다.',
  'See the reason with `shop queue failed`. When the cause is fixed, retry with `shop queue retry {0}`.':
    '사유는 `shop queue failed`로 확인하십시오. 원인을 고친 뒤 `shop queue retry {0}`으로/로 재시도하십시오.',
  'The charge': '충전',
  'The adjustment': '조정',
  'The payment': '결제',
  'The cancellation': '취소',
  'The return': '반품',
  'The restock': '재고 추가',
  'See `shop --help`.': '`shop --help`를 보십시오.',
  'See `{0} --help`.': '`{0} --help`를 보십시오.',
  'See `shop shell --help`.': '`shop shell --help`를 보십시오.',
  'Missing: {0}.': '누락된 항목: {0}.',
  '{0} Missing: --yes.': '{0} 누락된 옵션: --yes.',
  'There is no order {0}.': '주문 {0}을/를 찾을 수 없습니다.',
  'List orders with `shop order list`.': '`shop order list`로 주문 목록을 확인하십시오.',
  "Order {0} can't be cancelled: the order is already {1}.": '주문 {0}은/는 취소할 수 없습니다. 상태: {1}.',
  'No units of order {0} can be returned: the order is already {1}.': '주문 {0}은/는 반품할 수 없습니다. 상태: {1}.',
  'Request {0} ({1}, {2}) did not place an order.': '요청 {0}({1}, {2})에서 생긴 주문이 없습니다.',
  'See the request with `shop request show {0}`.': '`shop request show {0}`으로/로 요청을 확인하십시오.',
  'See the order with `shop order show {0}`.': '`shop order show {0}`으로/로 주문을 확인하십시오.',
  'The stock of product {0} is {1}, not {2} as expected.': '상품 {0}의 재고는 예상한 {2}이/가 아니라 {1}입니다.',
  'Check the stock with `shop product show {0}`, then run the command again with `--expect {1}`. If you gave a key, give a new one.':
    '`shop product show {0}`으로/로 재고를 확인한 뒤, 명령을 `--expect {1}`와/과 함께 다시 실행하십시오. 키를 지정했다면 새 키를 지정하십시오.',
  'This key was used before, and its first outcome is printed again. To send the request again, use a new `--key`.':
    '이미 사용한 키라서 처음 결과를 다시 출력합니다. 요청을 다시 보내려면 새 `--key`를 쓰십시오.',
  'User {0} has no cart {1}.': '사용자 {0}에게는 장바구니 {1}이/가 없습니다.',
  "See the user's cart with `shop cart show {0}`.": '`shop cart show {0}`으로/로 사용자의 장바구니를 확인하십시오.',
  'There is no batch {0}.': '배치 {0}을/를 찾을 수 없습니다.',
  'List batches with `shop batch list`.': '`shop batch list`로 배치 목록을 확인하십시오.',
  'There is no request {0}.': '요청 {0}을/를 찾을 수 없습니다.',
  'List requests with `shop request list`.': '`shop request list`로 요청 목록을 확인하십시오.',
  'The key {0} was used before with different content.': '키 {0}은/는 이미 다른 내용에 쓰였습니다.',
  'See the earlier request with `shop request show {0}`, or use another key.':
    '`shop request show {0}`으로/로 이전 요청을 확인하거나, 다른 키를 쓰십시오.',
  'key {0} was used before with different content': '키 {0}은/는 이미 다른 내용에 쓰였습니다',
  'Another run holds the lock for {0}.': '다른 실행이 {0}의 잠금을 보유하고 있습니다.',
  'Try again when the other run has ended.': '그 실행이 끝난 뒤 다시 시도하십시오.',
  'the schema': '스키마',
  'the ranking': '랭킹',
  'the local environment': '로컬 환경',
  'The connection to MySQL at {0} was lost during a transaction: {1}. The transaction was rolled back.':
    '트랜잭션 도중에 {0}의 MySQL과 연결이 끊어졌습니다: {1}. 트랜잭션은 롤백되었습니다.',
  'Run the same command again. A command that is suspended for {0} s loses its transaction.':
    '같은 명령을 다시 실행하십시오. {0}초 동안 멈춘 명령은 트랜잭션을 잃습니다.',
  '{0} at {1} responded with an error: {2}.': '{1}의 {0}이/가 오류로 응답했습니다: {2}.',
  'Check the state and the log of the server; `shop dev logs` shows the logs of local servers.':
    '서버의 상태와 로그를 확인하십시오. 로컬 서버의 로그는 `shop dev logs`로 볼 수 있습니다.',
  "{0} can't be reached at {1}: {2}.": '{0}에 연결할 수 없습니다 ({1}): {2}.',
  'Check that the server is running and reachable; `shop dev status` shows the local servers.':
    '서버가 실행 중이고 연결할 수 있는지 확인하십시오. 로컬 서버는 `shop dev status`로 볼 수 있습니다.',
  'Request {0} is recorded but not decided yet; its key is {1}.':
    '요청 {0}은/는 기록되었으나 아직 처리되지 않았습니다. 키: {1}.',
  'Request {0} is recorded, but its outcome could not be read from MySQL; its key is {1}.':
    '요청 {0}은/는 기록되었으나, MySQL에서 결과를 읽지 못했습니다. 키: {1}.',
  'Check the request with `shop request show {0}`, or run the same command again with `--key {1}`.':
    '`shop request show {0}`으로/로 요청을 확인하거나, 같은 명령을 `--key {1}`와/과 함께 다시 실행하십시오.',
  'The queue is paused.': '큐가 일시 정지되어 있습니다.',
  'This database belongs to the prefix {0}, but SHOP_PREFIX is set to {1}.':
    '이 데이터베이스는 접두사 {0}의 것인데, SHOP_PREFIX는 {1}으로/로 설정되어 있습니다.',
  "Set SHOP_PREFIX={0}. Or, to move the shop to the prefix {1}, run `UPDATE queue_state SET prefix = '{2}';` in the database.":
    "SHOP_PREFIX={0}으로/로 설정하십시오. 상점의 접두사를 {1}으로/로 바꾸려면 데이터베이스에서 `UPDATE queue_state SET prefix = '{2}';`를 실행하십시오.",
  'Redis at {0} accepts no more data: it has reached its maxmemory of {1}, and its maxmemory-policy is {2}.':
    '{0}의 Redis가 더 이상 데이터를 받지 않습니다. maxmemory {1}에 도달했고, maxmemory-policy는 {2}입니다.',
  'Redis at {0} is a replica: it accepts no writes.': '{0}의 Redis는 복제본이므로 쓰기를 받지 않습니다.',
  'Set SHOP_REDIS_URL to the primary, or make this server a primary with `redis-cli REPLICAOF NO ONE`.':
    'SHOP_REDIS_URL을 프라이머리로 설정하거나, `redis-cli REPLICAOF NO ONE`으로 이 서버를 프라이머리로 만드십시오.',
  'No worker is running.': '실행 중인 워커가 없습니다.',
  'Resume the queue with `shop queue resume`.': '`shop queue resume`으로 큐를 재개하십시오.',
  '{0} is not configured.': '{0} 설정이 없습니다.',
  'Run `shop dev up`, or set the variable in the environment.': '`shop dev up`을 실행하거나, 환경 변수로 설정하십시오.',
  'No database is configured.': '데이터베이스가 설정되어 있지 않습니다.',
  'No Redis server is configured.': 'Redis 서버가 설정되어 있지 않습니다.',
  'Run `shop dev up` to start local servers, or set SHOP_DATABASE_URL and SHOP_REDIS_URL.':
    '`shop dev up`으로 로컬 서버를 띄우거나, SHOP_DATABASE_URL과 SHOP_REDIS_URL을 설정하십시오.',
  'Set {0}, too. Commands use local servers only if neither of the two URLs is set.':
    '{0}도 설정하십시오. 명령은 두 URL이 모두 설정되지 않은 경우에만 로컬 서버를 씁니다.',

  'MySQL at {0} refused the connection: {1}.': '{0}의 MySQL이 연결을 거부했습니다: {1}.',
  'MySQL at {0} refused the statement: {1}.': '{0}의 MySQL이 SQL 문을 거부했습니다: {1}.',
  'Check the rights of the account in {0} with SHOW GRANTS.': '{0} 계정의 권한을 SHOW GRANTS로 확인하십시오.',
  'Check the user, password and database in {0}, and the ssl-mode if the server requires TLS.':
    '{0}의 사용자, 비밀번호, 데이터베이스를 확인하십시오. 서버가 TLS를 요구하면 ssl-mode도 확인하십시오.',
  'Redis at {0} responded with an error: {1}.': '{0}의 Redis가 오류로 응답했습니다: {1}.',
  'Check the user and password in SHOP_REDIS_URL, and the rights of the user with `redis-cli ACL GETUSER <user>`.':
    'SHOP_REDIS_URL의 사용자와 비밀번호를 확인하고, 사용자의 권한을 `redis-cli ACL GETUSER <user>`로 확인하십시오.',
  'The server is a node of a cluster: SHOP_REDIS_URL must begin with redis+cluster://.':
    '클러스터의 노드입니다. SHOP_REDIS_URL은 redis+cluster://로 시작해야 합니다.',
  'The server is not a cluster: SHOP_REDIS_URL must begin with redis:// or redis+sentinel://.':
    '클러스터가 아닙니다. SHOP_REDIS_URL은 redis://나 redis+sentinel://로 시작해야 합니다.',
  'Check the name of the master at the end of SHOP_REDIS_URL.': 'SHOP_REDIS_URL 끝의 마스터 이름을 확인하십시오.',
  'The server is not a sentinel: check the hosts and ports in SHOP_REDIS_URL; sentinels listen on port 26379 by default.':
    '센티널이 아닙니다. SHOP_REDIS_URL의 호스트와 포트를 확인하십시오. 센티널의 기본 포트는 26379입니다.',
  "A trusted connection to {0} at {1} can't be established: {2}.":
    '{1}의 {0} 서버와 신뢰할 수 있는 연결을 맺을 수 없습니다: {2}.',
  'Set the TLS options of {0} (ssl-mode, ssl-ca, ssl-cert, ssl-key) to match the server.':
    '{0}의 TLS 옵션(ssl-mode, ssl-ca, ssl-cert, ssl-key)을 서버에 맞게 설정하십시오.',
  'The database is newer than this program. Unknown migrations: {0}.':
    '데이터베이스 버전이 이 프로그램보다 높습니다. 알 수 없는 마이그레이션: {0}.',
  'Upgrade shop on this machine.': '이 컴퓨터의 shop을 업그레이드하십시오.',
  'The database was created by a version of shop before 0.2 and cannot be upgraded.':
    '0.2 이전 버전의 shop으로 만든 데이터베이스라 업그레이드할 수 없습니다.',
  'Use an empty database: set SHOP_DATABASE_URL, or run `shop dev reset` if the database is local. To keep users and products, export them with the old version first, and import them afterwards.':
    '빈 데이터베이스를 쓰십시오. SHOP_DATABASE_URL을 설정하거나, 로컬 데이터베이스라면 `shop dev reset`을 실행하십시오. 사용자와 상품을 유지하려면 먼저 이전 버전으로 내보낸 다음 가져오십시오.',
  'The rows recorded for batch {0} differ from those in the file. First lines that differ: {1}. Nothing was sent.':
    '배치 {0}에 기록된 행과 파일의 행이 다릅니다. 처음으로 다른 줄: {1}. 아무것도 보내지 않았습니다.',
  'If this is another file, use another name: `{0}`. Otherwise, restore the recorded rows in the file (list them with `shop batch results {1}`), and add new rows at the end.':
    '다른 파일이라면 다른 이름을 쓰십시오: `{0}`. 같은 파일이라면 파일에서 기록된 행을 원래대로 되돌리고(`shop batch results {1}`으로/로 확인), 새 행은 끝에 추가하십시오.',
  'This content was run before, as batch {0}. Nothing was sent, because the content would be applied twice.':
    '이 내용은 배치 {0}으로/로 이미 실행했습니다. 중복 적용될 수 있어 아무것도 보내지 않았습니다.',
  'This content was run before, as batch {0}, which was cancelled. Nothing was sent, because the rows that were applied would be applied twice.':
    '이 내용은 배치 {0}으로/로 이미 실행했고, 그 배치는 취소되었습니다. 적용된 행이 중복 적용될 수 있어 아무것도 보내지 않았습니다.',
  'The file of that batch was changed afterwards; list its rows with `shop batch results {0}`. To apply this content again, run `{1}`.':
    '그 배치의 파일은 이후에 변경되었습니다. 배치의 행은 `shop batch results {0}`으로/로 확인하십시오. 이 내용을 다시 적용하려면 `{1}`를 실행하십시오.',
  'Continue that batch with `{0}`, or apply the content again with `{1}`.':
    '`{0}`으로/로 그 배치를 계속하거나, `{1}`로 다시 적용하십시오.',
  'Another run is sending batch {0} with different content. This run sent nothing.':
    '다른 실행이 배치 {0}을/를 다른 내용으로 보내고 있습니다. 이 실행은 아무것도 보내지 않았습니다.',
  'If this is another file, use another name: `{0}`. Otherwise, wait until the other run has ended, and run `{1}` again.':
    '다른 파일이라면 다른 이름을 쓰십시오: `{0}`. 아니라면 다른 실행이 끝난 뒤 `{1}`을/를 다시 실행하십시오.',
  'Another run has sent batch {0} with different content; this run has stopped.':
    '다른 실행이 배치 {0}을/를 다른 내용으로 보내서 이 실행을 중단했습니다.',
  'List the recorded rows with `shop batch results {0}`.': '`shop batch results {0}`으로/로 기록된 행을 확인하십시오.',
  'batch {0}': '배치 {0}',

  "{0} can't be reverted: {1}.": '{0}을/를 되돌릴 수 없습니다: {1}.',
  'Remove the cause and run `shop db revert` again, or restore the schema with `shop db migrate`.':
    '원인을 없앤 뒤 `shop db revert`를 다시 실행하거나, `shop db migrate`로 스키마를 복구하십시오.',
  'The database has not been migrated.': '데이터베이스가 마이그레이션되지 않았습니다.',
  'The database lacks migrations: {0}.': '데이터베이스에 적용되지 않은 마이그레이션이 있습니다: {0}.',
  'Run `shop db migrate`.': '`shop db migrate`를 실행하십시오.',
  "Metrics can't be served at {0}:{1}: {2}.": '{0}:{1}에서 메트릭을 제공할 수 없습니다: {2}.',
  'the port is in use': '포트가 사용 중입니다',
  'unknown reason': '알 수 없는 이유',
  'Choose a free port with `--metrics-port` (0 for any) and an address of this machine with `--metrics-host`.':
    '`--metrics-port`로 비어 있는 포트(0이면 아무 포트나)를, `--metrics-host`로 이 컴퓨터의 주소를 지정하십시오.',

  "Unknown option '{0}'.": "알 수 없는 옵션입니다: '{0}'.",
  'Unknown command `{0}`.': '알 수 없는 명령입니다: `{0}`.',
  'Unknown command `{0}`; available: {1}.': '알 수 없는 명령입니다: `{0}`. 쓸 수 있는 명령: {1}.',
  "Option '{0}' needs a value.": "옵션 '{0}'에 값이 필요합니다.",
  'Unexpected argument {0}.': '예상하지 않은 인수입니다: {0}.',
  'Unexpected argument {0}; quote names that contain spaces.':
    '예상하지 않은 인수입니다: {0}. 공백이 있는 이름은 따옴표로 묶으십시오.',
  'Did you mean {0}?': '혹시 {0}입니까?',
  'Did you mean one of {0}?': '혹시 이 중 하나입니까: {0}?',
  '{0} is not available in the shell': '셸에서 쓸 수 없는 명령입니다: {0}',
  '`{0}` is not available in the shell.': '셸에서 `{0}` 명령을 쓸 수 없습니다.',
  'Run `shop {0}` in your terminal instead.': '터미널에서 `shop {0}`을/를 실행하십시오.',

  'must be a whole number other than 0, from -{0} to {1}, not {2}':
    '-{0}에서 {1}까지의 0이 아닌 정수여야 합니다 (입력값: {2})',
  'To subtract points, run `shop balance adjust <user> --by -<points> --reason <reason>`.':
    '포인트를 빼려면 `shop balance adjust <user> --by -<points> --reason <reason>`을/를 실행하십시오.',
  'To subtract units, run `shop product adjust <product> --by -<units> --reason <reason>`.':
    '재고를 빼려면 `shop product adjust <product> --by -<units> --reason <reason>`을/를 실행하십시오.',
  'must be a whole number from {0} to {1}, not {2}': '{0}에서 {1}까지의 정수여야 합니다 (입력값: {2})',
  'must be an id, or a reference that starts with @ (@{0}), not {1}':
    'ID이거나, @로 시작하는 참조(@{0})여야 합니다 (입력값: {1})',
  'Reference {0} is taken.': '참조 {0}은/는 이미 쓰이고 있습니다.',
  "See `shop {0} show '@{1}'`.": "`shop {0} show '@{1}'`으로/로 확인하십시오.",
  'See `shop {0} show {1}`.': '`shop {0} show {1}`으로/로 확인하십시오.',
  "is already {0} and can't be changed": '이미 {0}이며 바꿀 수 없습니다',
  "The reference is already {0} and can't be changed.": '참조가 이미 {0}이며 바꿀 수 없습니다.',
  'Nothing to change: give at least one of {0}.': '바꿀 것이 없습니다. {0} 중 하나 이상을 지정하십시오.',
  'An order is identified by its id.': '주문은 ID로 지정합니다.',
  'To find an order by the key of its request, run `shop order show --key {0}`.':
    '요청의 키로 주문을 찾으려면 `shop order show --key {0}`을/를 실행하십시오.',
  'must be an id, not {0}': 'ID여야 합니다 (입력값: {0})',
  'must be an id or @reference, not {0}': 'ID나 @참조여야 합니다 (입력값: {0})',
  'must be separated by spaces': '공백으로 구분해야 합니다',
  'Separate items with spaces: {0}.': '상품을 공백으로 구분하십시오: {0}.',
  'is missing after {0}': '{0} 다음에 없습니다',
  'must have the form <product>:<quantity>, such as 3:2 or @pen:1, not {0}':
    '3:2, @pen:1처럼 <product>:<quantity> 형식으로 써야 합니다 (입력값: {0})',
  'must be 1 to 64 characters (letters, digits and . _ - + / # @ & %; no @ at the beginning), not {0}':
    '1~64자여야 합니다 (글자, 숫자, . _ - + / # @ & %, @로 시작할 수 없음). 입력값: {0}',
  'is a number that a spreadsheet has shortened, so digits are lost: {0}':
    '스프레드시트가 축약하여 자릿수가 손실된 수입니다: {0}',
  'begins with an apostrophe, which spreadsheets put before text; remove the apostrophe: {0}':
    '스프레드시트가 텍스트 앞에 붙이는 작은따옴표로 시작합니다. 작은따옴표를 지우십시오: {0}',
  'is a spreadsheet formula instead of a value: {0}': '값이 아니라 스프레드시트의 수식입니다: {0}',
  'must be a whole number from {0} to {1} in plain digits, such as 1200, not {2}':
    '{0}에서 {1}까지의 정수를 1200처럼 숫자로만 써야 합니다 (입력값: {2})',
  'must be 1 to 128 characters (A-Z, a-z, 0-9 and . _ : -), not {0}':
    '1~128자여야 합니다 (A-Z, a-z, 0-9, . _ : -). 입력값: {0}',
  'must be 1 to {0} characters (A-Z, a-z, 0-9 and . _ : -), not {1}':
    '1~{0}자여야 합니다 (A-Z, a-z, 0-9, . _ : -). 입력값: {1}',
  'contains half a character (a lone surrogate)': '반쪽짜리 문자(짝이 없는 서로게이트)가 있습니다',
  'must not be blank': '비어 있을 수 없습니다',
  'has {0} characters, but the maximum is {1}': '{0}자입니다. {1}자까지 쓸 수 있습니다',
  'of product {0} adds up to more than {1}': '상품 {0}의 합이 {1}을/를 넘습니다',
  'name {0} products, but the maximum for one order is {1}':
    '상품이 {0}개입니다. 한 주문에는 {1}개까지 담을 수 있습니다',
  'is missing': '없습니다',
  'must be text or a whole number, not {0}': '텍스트나 정수여야 합니다 (입력값: {0})',
  '{0} is taken': '{0}은/는 이미 쓰이고 있습니다',
  'must be 1 to 128 characters without control characters': '제어 문자 없이 1~128자여야 합니다',
  "can't be combined with {0}": '{0}과/와 함께 쓸 수 없습니다',
  "can't be combined with --output {0}": '--output {0} 옵션과 함께 쓸 수 없습니다',
  "can't be combined with an id": 'ID와 함께 쓸 수 없습니다',
  "can't be combined with request arguments": '요청을 지정할 때는 쓸 수 없습니다',
  'requires --all': '--all과 함께 쓰는 옵션입니다',
  'must be a duration such as 500ms, 30s, 5m, 2h or 3d, at most 366d':
    '500ms, 30s, 5m, 2h, 3d 같은 시간이어야 하고 최대 366d입니다',
  'must be a time such as 2026-01-31, 2026-01-31 09:30 or 2026-01-31T09:30:00Z, or an age such as 2h':
    '2026-01-31, 2026-01-31 09:30, 2026-01-31T09:30:00Z 같은 시각이거나, 2h 같은 경과 시간이어야 합니다',
  'must be in the past': '과거의 시각이어야 합니다',
  'must be after --since': '--since보다 나중이어야 합니다',
  'The statement has more than {0} entries.': '명세서의 거래가 {0}건을 넘습니다.',
  'Choose a shorter time span, or run `shop balance history {0} {1} --all -o csv`.':
    '기간을 줄이거나 `shop balance history {0} {1} --all -o csv`를 실행하십시오.',
  'is too early: a report has at most 1,000 days or months':
    '너무 이른 시각입니다. 집계는 최대 1,000일 또는 1,000개월까지입니다',
  'must be one of {0}': '다음 중 하나여야 합니다: {0}',
  'must be a cursor that `shop activity list` has printed': '`shop activity list`가 출력한 커서여야 합니다',
  'prints more than one value: use it with -o jsonl, csv or tsv':
    '값을 여러 번 출력하는 옵션입니다. -o jsonl, csv, tsv와 함께 쓰십시오',
  'is {0}': '상태가 {0}입니다',
  'Request {0} ({1}) is {2}: only a failed request can be retried.':
    '요청 {0} ({1})의 상태는 {2}입니다. 실패한 요청만 재시도할 수 있습니다.',
  'List failed requests with `shop queue failed`.': '`shop queue failed`로 실패한 요청을 확인하십시오.',
  'the line': '명령줄',
  'has a quote that is not closed: {0}': '닫히지 않은 따옴표가 있습니다: {0}',
  'has a typographic quote ({0}); use " or \'': '워드 프로세서의 따옴표({0})가 있습니다. "나 \'를 쓰십시오',
  'has an unquoted {0}, which `shop shell` does not support':
    '따옴표 없이 쓴 {0} 문자가 있습니다. `shop shell`에서는 쓸 수 없습니다',
  'Interrupted. Request {0} is withdrawn and will be refused.': '중단되었습니다. 요청 {0}은/는 철회되어 거부됩니다.',
  'The request was cancelled before it was applied; nothing was changed.':
    '요청이 적용되기 전에 취소되었습니다. 아무것도 변경되지 않았습니다.',
  'To send the request again, run the command with a new `--key`.':
    '요청을 다시 보내려면 새 `--key`로 명령을 다시 실행하십시오.',
  "Request {0} can't be cancelled: the request is already {1}.":
    '요청 {0}을/를 취소할 수 없습니다. 이미 {1} 상태입니다.',
  'Batch {0} has no pending rows.': '배치 {0}에 미처리 행이 없습니다.',
  'List the outcomes of its rows with `shop batch results {0}`.':
    '행의 결과는 `shop batch results {0}`로 확인하십시오.',
  "Request {0} was not withdrawn, because the worker's transaction did not end in time.":
    '워커의 트랜잭션이 제때 끝나지 않아 요청 {0}을/를 철회하지 못했습니다.',
  'Try again with `shop request cancel {0}`.': '`shop request cancel {0}`로 다시 시도하십시오.',
  "Batch {0} is cancelled and accepts no more rows. Not all pending rows were withdrawn (withdrawn: {1}), because the worker's transaction did not end in time.":
    '배치 {0}은/는 취소되어 행을 더 받지 않습니다. 워커의 트랜잭션이 제때 끝나지 않아 미처리 행을 모두 철회하지는 못했습니다 (철회: {1}).',
  'Withdraw the remaining rows with `shop batch cancel {0} --yes`.':
    '나머지 행은 `shop batch cancel {0} --yes`로 철회하십시오.',
  'Batch {0} was cancelled; this run has stopped.': '배치 {0}이/가 취소되어 이 실행을 멈추었습니다.',
  'List its rows with `shop batch results {0}`.': '행 목록은 `shop batch results {0}`로 확인하십시오.',
  'Batch {0} was already cancelled. This run sent nothing.':
    '배치 {0}은/는 이미 취소되었습니다. 이번 실행은 아무것도 보내지 않았습니다.',
  'List the applied rows with `shop batch results {0} --status applied`. To send all rows again under another name, including the applied rows, run `{1}`.':
    '적용된 행은 `shop batch results {0} --status applied`로 확인하십시오. 이미 적용된 행을 포함하여 모든 행을 다른 이름으로 다시 보내려면 `{1}`를 실행하십시오.',
};
