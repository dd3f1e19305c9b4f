/** Findings of `audit` and `doctor`. */
export const CHECKS: Readonly<Record<string, string>> = {
  'User {0} has a balance of {1}, but no ledger rows.': '사용자 {0}의 잔액은 {1}인데, 원장 행이 하나도 없습니다.',
  'User {0} has a balance of {1}, but the ledger rows add up to {2}, and the last row records {3}.':
    '사용자 {0}의 잔액은 {1}인데, 원장 행의 합은 {2}이고 마지막 행에는 {3}으로/로 기록되어 있습니다.',
  'Ledger row {0} of user {1} records the balance {2}, which is not the previous balance ({3}) plus the amount ({4}).':
    '사용자 {1}의 원장 행 {0}의 잔액은 {2}인데, 직전 잔액은 {3}, 금액은 {4}입니다.',
  'Product {0} has a stock of {1}, but the stock rows add up to {2}, and the last row records {3}.':
    '상품 {0}의 재고는 {1}인데, 재고 행의 합은 {2}이고 마지막 행에는 {3}으로/로 기록되어 있습니다.',
  'Product {0} has a stock of {1}, but no stock rows.': '상품 {0}의 재고는 {1}인데, 재고 행이 하나도 없습니다.',
  'Stock row {0} of product {1} records the stock {2}, which is not the previous stock ({3}) plus the quantity ({4}).':
    '상품 {1}의 재고 행 {0}의 재고는 {2}인데, 직전 재고는 {3}, 수량은 {4}입니다.',
  'Stock row {0} is the first row of product {1}, but has the type {2} instead of initial.':
    '재고 행 {0}은/는 상품 {1}의 첫 행인데, 유형이 initial이 아니라 {2}입니다.',
  'Stock row {0} has the type initial, but is not the first row of product {1}.':
    '상품 {1}의 재고 행 {0}의 유형이 initial인데 첫 행이 아닙니다.',
  'Order {0} contains product {1} (quantity {2}), but its stock row {3} has the quantity {4}.':
    '주문 {0}에 상품 {1}이/가 {2}개 있는데, 재고 행 {3}의 수량은 {4}입니다.',
  'Order {0} contains product {1} (quantity {2}), but has no stock row for the sale.':
    '주문 {0}에 상품 {1}이/가 {2}개 있는데, 재고 행에 그 판매가 없습니다.',
  'Order {0} has {1} stock rows for the sale of product {2} instead of one (first id: {3}).':
    '주문 {0}에서 상품 {2}의 판매 재고 행은 하나여야 하는데 {1}개 있습니다 (첫 행의 ID: {3}).',
  'Stock row {0} is a sale of product {1} for request {2}, but that request has no order.':
    '재고 행 {0}은/는 요청 {2}에 의한 상품 {1}의 판매인데, 그 요청의 주문이 없습니다.',
  'no order': '주문 없음',
  'Stock row {0} is a sale of product {1} for request {2}, but order {3} does not contain that product.':
    '재고 행 {0}은/는 요청 {2}에 의한 상품 {1}의 판매인데, 주문 {3}에 그 상품이 없습니다.',
  'Request {0} contains product {1} with the quantity {2}, but order {3} has the quantity {4}.':
    '요청 {0}은/는 상품 {1}을/를 {2}개 요청했는데, 주문 {3}에는 {4}개 있습니다.',
  'Order {0} does not match its refunds: status {1}, total {2}, recorded refund {3}, refunds in the ledger {4} (rows: {5}, for cancellation: {6}).':
    '주문 {0}이/가 환불과 맞지 않습니다: 상태 {1}, 합계 {2}, 기록된 환불액 {3}, 원장의 환불액 {4} (행: {5}, 그중 취소: {6}).',
  'Order {0} records a refund of {1}, but the price of the returned units in its lines adds up to {2}.':
    '주문 {0}의 환불액은 {1}인데, 항목의 반품 수량으로 계산하면 {2}입니다.',
  'Ledger row {0} refunds user {1} for order {2}, but that order is missing.':
    '원장 행 {0}은/는 사용자 {1}에게 주문 {2}의 포인트를 환불하는데, 그 주문이 없습니다.',
  'Ledger row {0} refunds user {1} for order {2}, but that order belongs to user {3} and is {4}.':
    '원장 행 {0}은/는 사용자 {1}에게 주문 {2}의 포인트를 환불하는데, 그 주문은 사용자 {3}의 것이고 상태는 {4}입니다.',
  'Request {0} cancelled order {1}, but has no stock row for product {2} (ordered: {3}, returned before: {4}).':
    '요청 {0}이/가 주문 {1}을/를 취소했는데, 상품 {2}의 재고 행이 없습니다 (주문: {3}, 먼저 반품: {4}).',
  'Request {0} cancelled order {1}, but its stock rows for product {2} return a quantity of {3} (rows: {4}, first id: {5}; ordered: {6}, returned before: {7}).':
    '요청 {0}이/가 주문 {1}을/를 취소했는데, 상품 {2}의 재고 행은 {3}개를 되돌립니다 (행: {4}, 첫 행의 ID: {5}, 주문: {6}, 먼저 반품: {7}).',
  'Stock row {0} returns product {1} (quantity {2}) for request {3}, but that request refunds nothing.':
    '재고 행 {0}은/는 요청 {3}으로/로 상품 {1}을/를 {2}개 되돌리는데, 그 요청은 아무것도 환불하지 않습니다.',
  'Stock row {0} returns product {1} (quantity {2}) for request {3}, but that request refunds order {4}, which does not contain that product.':
    '재고 행 {0}은/는 요청 {3}으로/로 상품 {1}을/를 {2}개 되돌리는데, 그 요청은 그 상품이 없는 주문 {4}을/를 환불합니다.',
  'Order {0} is cancelled, but only {1} of its {2} units of product {3} are recorded as returned.':
    '주문 {0}은/는 취소되었는데, 상품 {3} {2}개 전부가 아니라 {1}개만 반품된 것으로 기록되어 있습니다.',
  'Order {0} is {1} and records {2} of {3} units of product {4} as returned, but its return requests add up to {5}.':
    '주문 {0}의 상태는 {1}이고 상품 {4} {3}개 중 {2}개가 반품되었는데, 반품 요청은 {5}개입니다.',
  'Request {0} returns product {1} (quantity {2}), but order {3} does not contain that product.':
    '요청 {0}은/는 상품 {1}을/를 {2}개 반품하는데, 주문 {3}에 그 상품이 없습니다.',
  'Request {0} returns product {1} (quantity {2}) to the stock, but has no stock row.':
    '요청 {0}은/는 상품 {1}을/를 {2}개 반품하여 재고에 넣었는데, 재고 행이 없습니다.',
  'with restocking': '재고에 넣음',
  'without restocking': '재고에 넣지 않음',
  'Request {0} returns product {1} (quantity {2}, {3}), but its stock rows return a quantity of {4} (rows: {5}, first id: {6}).':
    '요청 {0}은/는 상품 {1}을/를 {2}개 반품하는데({3}), 재고 행은 {4}개를 되돌립니다 (행: {5}, 첫 행의 ID: {6}).',
  'Stock row {0} returns product {1} (quantity {2}) for request {3}, but that request does not return that product.':
    '재고 행 {0}은/는 요청 {3}으로/로 상품 {1}을/를 {2}개 되돌리는데, 그 요청은 그 상품을 반품하지 않습니다.',
  'Request {0} returns units for which {1} points were paid, but its ledger row {2} refunds {3}.':
    '요청 {0}이/가 반품한 수량의 결제액은 {1}포인트인데, 원장 행 {2}은/는 {3}포인트를 환불합니다.',
  'The outcome of request {0} records {1} returned units of product {2} (returned up to this request: {3}).':
    '요청 {0}의 결과에는 상품 {2}의 반품 수량이 {1}라고 기록되어 있습니다 (이 요청까지 반품: {3}).',
  'The outcome of request {0} does not record the returned units of product {1} (returned up to this request: {2}).':
    '요청 {0}의 결과에 상품 {1}의 반품 수량이 없습니다 (이 요청까지 반품: {2}).',
  'Returned units are refunded at the price paid': '반품한 수량은 결제한 단가로 환불되었습니다',
  'In the hour from {0}, the sales of product {1} minus returns are {2}, but hourly_sales has {3}.':
    '{0}부터 한 시간 동안 상품 {1}이/가 반품을 빼고 {2}개 팔렸는데, hourly_sales에는 {3}개로 되어 있습니다.',
  'In the table {0}, {1} is {2} (rows: {3}, first {4}: {5}), but the table {6} has no row with this id.':
    '테이블 {0}의 {1} 값이 {2}인데 (행: {3}, 첫 {4}: {5}), 테이블 {6}에는 ID가 같은 행이 없습니다.',
  '{0} rows': '{0}행',
  '1 row': '1행',
  'Request {0} ({1}) has the content {2}, but its ledger row {3} has user {4}, amount {5}.':
    '요청 {0}({1})은/는 {2}을/를 요청했는데, 원장 행 {3}에는 사용자 {4}, 금액 {5}입니다.',
  'Request {0} ({1}) has the content {2}, but its ledger row {3} has user {4}, amount {5}, order {6}.':
    '요청 {0}({1})은/는 {2}을/를 요청했는데, 원장 행 {3}에는 사용자 {4}, 금액 {5}, 주문 {6}입니다.',
  'Request {0} is {1}, but has {2}.': '요청 {0}의 상태는 {1}인데, 다음이 있습니다: {2}.',
  'order {0}': '주문 {0}',
  'ledger row {0}': '원장 행 {0}',
  'Request {0} ({1}) is applied, but has {2} and {3}.':
    '요청 {0}({1})은/는 적용되었는데, 남긴 것이 다릅니다: {2}, {3}.',
  'no ledger row': '원장 행 없음',
  'ledger row {0} of type {1}': '유형이 {1}인 원장 행 {0}',
  'Order {0} of user {1} has a total of {2}, but its ledger row {3} has user {4}, order {5}, amount {6}.':
    '사용자 {1}의 주문 {0}의 합계는 {2}인데, 원장 행 {3}에는 사용자 {4}, 주문 {5}, 금액 {6}입니다.',
  'Order {0} has a total of {1}, but no lines.': '주문 {0}의 합계는 {1}인데, 상품이 없습니다.',
  'Order {0} has a total of {1}, but its lines add up to {2}.': '주문 {0}의 합계는 {1}인데, 상품의 합은 {2}입니다.',
  'Request {0} and order {1} differ (requested units: {2}, ordered: {3}; requested items: {4}, lines: {5}).':
    '요청 {0}과/와 주문 {1}이/가 다릅니다 (요청 수량: {2}, 주문 수량: {3}, 요청 상품: {4}가지, 주문 상품: {5}가지).',
  'Request {0} has an impossible outcome: it is {1} with {2} (attempts: {3}).':
    '요청 {0}의 결과가 불가능한 값입니다: {1}, {2} (시도: {3}번).',
  'no code': '코드 없음',
  'the code {0}': '코드 {0}',
  'The outcome of request {0} records {1}, but its ledger row {2} ({3}) has user {4}, amount {5}, balance {6}.':
    '요청 {0}의 결과에는 {1}라고 기록되어 있는데, 유형이 {3}인 원장 행 {2}에는 사용자 {4}, 금액 {5}, 잔액 {6}입니다.',
  'The outcome of request {0} records {1}, but its ledger row {2} ({3}) has user {4}, amount {5}, balance {6}, order {7}.':
    '요청 {0}의 결과에는 {1}라고 기록되어 있는데, 유형이 {3}인 원장 행 {2}에는 사용자 {4}, 금액 {5}, 잔액 {6}, 주문 {7}입니다.',
  'Attempt {0} of request {1} failed, but the request was {2} in attempt {3}.':
    '요청 {1}의 시도 {0}이/가 실패했는데, 결과에는 시도 {3}에서 {2}라고 되어 있습니다.',
  'Request {0} has {1} ledger rows instead of at most one (first id: {2}).':
    '요청 {0}에 원장 행이 최대 하나여야 하는데 {1}개 있습니다 (첫 행의 ID: {2}).',
  'Request {0} ({1}) is applied, but has no stock row.': '요청 {0}({1})은/는 적용되었는데, 재고 행이 없습니다.',
  'Request {0} ({1}) is applied, but has {2} stock rows instead of one (first id: {3}).':
    '요청 {0}({1})은/는 적용되었는데, 재고 행이 하나가 아니라 {2}개 있습니다 (첫 행의 ID: {3}).',
  'Request {0} ({1}) is applied, but has no reason.': '요청 {0}({1})은/는 적용되었는데, 사유가 없습니다.',
  'Stock row {0} has the type {1}, but its request {2} is missing.':
    '재고 행 {0}의 유형은 {1}인데, 그 요청 {2}이/가 없습니다.',
  'Stock row {0} has the type {1}, but its request {2} has the kind {3} and the status {4}.':
    '재고 행 {0}의 유형은 {1}인데, 그 요청 {2}의 종류는 {3}, 상태는 {4}입니다.',
  'Request {0} ({1}) has the content {2}, but its stock row {3} has product {4}, quantity {5}, stock {6}.':
    '요청 {0}({1})은/는 {2}을/를 요청했는데, 재고 행 {3}에는 상품 {4}, 수량 {5}, 재고 {6}입니다.',
  'The outcome of request {0} records {1}, but its stock row {2} has product {3}, quantity {4}, stock {5}.':
    '요청 {0}의 결과에는 {1}라고 기록되어 있는데, 재고 행 {2}에는 상품 {3}, 수량 {4}, 재고 {5}입니다.',

  'Not checked: {0}': '점검하지 못함: {0}',
  'MySQL refused the statement: {0}.': 'MySQL이 SQL 문을 거부했습니다: {0}.',
  "The clock of {0} is {1} s ahead of this machine's.": '{0}의 시계가 이 컴퓨터보다 {1}초 빠릅니다.',
  "The clock of {0} is {1} s behind this machine's.": '{0}의 시계가 이 컴퓨터보다 {1}초 느립니다.',
  'Synchronize the clocks of this machine and of the server with NTP (`timedatectl`, `chronyc tracking`).':
    '이 컴퓨터와 서버의 시계를 NTP로 맞추십시오 (`timedatectl`, `chronyc tracking`).',
  '{0} is {1}: {2}.': '{0}의 값이 {1}입니다: {2}.',
  'a crash may lose the commits of the last second': '비정상 종료 때 마지막 1초간의 커밋을 잃을 수 있음',
  'a crash may leave pages half written': '비정상 종료 때 페이지가 반만 쓰인 채 남을 수 있음',
  'a crash may lose the end of the binary log, and replicas may diverge':
    '비정상 종료 때 바이너리 로그의 끝을 잃고 복제본도 어긋날 수 있음',
  "Set {0}={1} in the server's configuration.": '서버 설정에서 {0}={1} 값으로 바꾸십시오.',
  'A proxy or pool in front of MySQL may reset the settings of sessions: remove the proxy or pool, or configure it to keep the settings.':
    'MySQL 앞의 프록시나 풀이 세션 설정을 초기화할 수 있습니다. 프록시나 풀을 빼거나, 설정을 유지하도록 구성하십시오.',
  "The program's sessions use the isolation level {0}, not READ-COMMITTED.":
    '프로그램 세션의 격리 수준이 READ-COMMITTED가 아니라 {0}입니다.',
  'The program\'s sessions are not strict: sql_mode is "{0}".':
    '프로그램의 세션이 엄격 모드가 아닙니다: sql_mode의 값이 "{0}"입니다.',
  "The program's sessions are not in UTC: {0}.": '프로그램 세션의 시간대가 UTC가 아닙니다: {0}.',
  'max_allowed_packet is {0}, but shop sends statements of up to {1} bytes.':
    'max_allowed_packet의 값이 {0}입니다. shop은 {1}바이트까지의 문을 보냅니다.',
  "Set max_allowed_packet to at least {0} in the server's configuration.":
    '서버 설정에서 max_allowed_packet을 {0} 이상으로 바꾸십시오.',
  'MySQL at {0} is unavailable: {1}.': '{0}의 MySQL에 접속할 수 없습니다: {1}.',
  'Check that the server is running and accepts the account in SHOP_DATABASE_URL, or remove the server from that setting.':
    '서버가 실행 중이고 이 계정을 받아들이는지 확인하거나, SHOP_DATABASE_URL에서 서버를 빼십시오.',
  'No server accepts writes: {0}.': '쓰기를 받는 서버가 없습니다: {0}.',
  'Make one of the servers the primary. In SHOP_DATABASE_URL, list every host that may become the primary.':
    '서버 하나를 프라이머리로 만드십시오. SHOP_DATABASE_URL에는 프라이머리가 될 수 있는 호스트를 모두 적으십시오.',
  'More than one server accepts writes: {0}.': '쓰기를 받는 서버가 둘 이상입니다: {0}.',
  'Set super_read_only=ON on all of these servers except one. The lock that lets only one worker apply requests works only within one server.':
    '이 서버들 중 하나를 뺀 나머지에 super_read_only=ON을 설정하십시오. 워커 하나만 요청을 적용하게 하는 잠금은 한 서버 안에서만 유효합니다.',
  'Member {0} of the replication group is {1}.': '복제 그룹의 멤버 {0}의 상태가 {1}입니다.',
  "Check the member's log, then start the member or let it rejoin the group; a group of three needs two members to elect a primary.":
    '그 멤버의 로그를 확인한 뒤, 멤버를 시작하거나 다시 참여시키십시오. 멤버가 셋인 그룹은 새 프라이머리를 뽑는 데 둘이 필요합니다.',
  'After a failover in the replication group, sessions may read from the new primary before it has applied all transactions of the old primary.':
    '복제 그룹의 장애 조치 뒤, 새 프라이머리가 이전 프라이머리의 트랜잭션을 다 적용하기 전에 읽힐 수 있습니다.',
  'Set group_replication_consistency to BEFORE_ON_PRIMARY_FAILOVER on all members.':
    '모든 멤버에서 group_replication_consistency를 BEFORE_ON_PRIMARY_FAILOVER로 바꾸십시오.',
  'Start a worker with `shop worker`, or let cron run `shop ranking refresh`.':
    '`shop worker`로 워커를 시작하거나, cron으로 `shop ranking refresh`를 실행하십시오.',
  'There is no ranking in Redis, which keeps a ranking for ten refresh periods of {0} s each.':
    'Redis에 랭킹이 없습니다. Redis는 랭킹을 갱신 주기 열 번({0}초씩) 동안 보관합니다.',
  'The ranking was last refreshed at {0}, but a refresh is due every {1} s.':
    '랭킹은 {1}초마다 갱신되어야 하지만, {0}에 마지막으로 갱신되었습니다.',
  'Redis may evict keys of the queue: maxmemory-policy is {0}.':
    'Redis가 큐의 키를 지울 수 있습니다: maxmemory-policy의 값이 {0}입니다.',
  "Set maxmemory-policy to noeviction in the server's configuration.":
    '서버 설정에서 maxmemory-policy를 noeviction으로 바꾸십시오.',
  'Redis could not {0}.': 'Redis 작업 실패: {0}.',
  'write its append-only file': 'AOF 쓰기',
  'rewrite its append-only file': 'AOF 다시 쓰기',
  'save its last snapshot': '마지막 스냅숏 저장',
  'See the log of Redis for the reason. Check the free space and the permissions of the folder with the data of Redis.':
    '이유는 Redis의 로그에서 확인하고, 데이터 폴더의 남은 공간과 권한을 확인하십시오.',
  'Redis keeps no append-only file: a restart may lose queued jobs.':
    'Redis가 AOF를 쓰지 않습니다. 재시작하면 큐의 작업을 잃을 수 있습니다.',
  "Set appendonly to yes in the server's configuration. Without it, requests are safe in MySQL, but may be applied late after a restart of Redis.":
    '서버 설정에서 appendonly를 yes로 바꾸십시오. MySQL의 요청은 사라지지 않지만 늦게 적용될 수 있습니다.',
  'the memory of its machine': '컴퓨터의 메모리',
  'Add memory': '메모리를 늘리십시오',
  'its maxmemory': 'maxmemory',
  'Raise maxmemory': 'maxmemory를 올리십시오',
  'Redis is a node of a cluster, but SHOP_REDIS_URL names it as a single server.':
    'Redis가 클러스터의 노드인데, SHOP_REDIS_URL에는 단독 서버로 되어 있습니다.',
  'Set SHOP_REDIS_URL to a redis+cluster:// URL that lists some of the nodes.':
    'SHOP_REDIS_URL을 노드 몇 개를 적은 redis+cluster:// URL로 설정하십시오.',
  'The state of the Redis cluster is {0}: some slots have no primary, or most primaries are unreachable.':
    'Redis 클러스터의 상태가 {0}입니다. 프라이머리가 없는 슬롯이 있거나, 프라이머리 대부분에 연결할 수 없습니다.',
  'Start the missing nodes; `redis-cli --cluster check <host>:<port>` lists the slots.':
    '빠진 노드를 시작하십시오. 슬롯은 `redis-cli --cluster check <host>:<port>`로 확인할 수 있습니다.',
  'Node {0} of the Redis cluster has failed.': 'Redis 클러스터의 노드 {0}에 장애가 있습니다.',
  'Start the node again, or remove it: run `CLUSTER FORGET <node-id>` on each of the other nodes.':
    '노드를 다시 시작하거나, 나머지 노드마다 `CLUSTER FORGET <node-id>`를 실행해 빼십시오.',
  "Redis node {0}, which has the shop's keys, has no replica: no node can take over from it.":
    'shop의 키를 가진 Redis 노드 {0}에 복제본이 없어, 대신할 노드가 없습니다.',
  'Add a replica (`redis-cli --cluster add-node <new-host>:<port> <host>:<port> --cluster-slave`).':
    '복제본을 추가하십시오 (`redis-cli --cluster add-node <new-host>:<port> <host>:<port> --cluster-slave`).',
  'Too few sentinels respond: {0} of {1}. A failover needs {2}.':
    '센티널 {1}개 중 {0}개만 응답합니다. 장애 조치에는 {2}개가 필요합니다.',
  'Start the sentinels that do not respond, and list all sentinels in SHOP_REDIS_URL.':
    '응답하지 않는 센티널을 시작하고, SHOP_REDIS_URL에 센티널을 모두 적으십시오.',
  'The Redis primary {0} has no running replica: no server can take over from it.':
    'Redis 프라이머리 {0}에 동작하는 복제본이 없어, 대신할 서버가 없습니다.',
  "Add a replica (REPLICAOF) with the primary's password (masterauth).":
    '프라이머리의 비밀번호(masterauth)를 설정해 복제본을 추가하십시오 (REPLICAOF).',
  'Redis uses {0} % of {1}; when no memory is left, nothing can be queued.':
    'Redis가 {1}의 {0} %를 쓰고 있습니다. 메모리가 가득 차면 아무것도 큐에 넣을 수 없습니다.',
  '{0}, or find the largest keys with `redis-cli --bigkeys`.':
    '{0}. 또는 `redis-cli --bigkeys`로 가장 큰 키를 찾으십시오.',
  "See the worker's log; `shop dev logs worker` shows it for the worker of `shop dev up`.":
    '워커의 로그를 확인하십시오. `shop dev up`의 워커라면 `shop dev logs worker`로 볼 수 있습니다.',
  'Workers wait for jobs, but none holds the lane, so no request is applied. Waiting workers: {0}.':
    '작업을 기다리는 워커는 있지만 레인을 점유한 워커가 없어 요청이 적용되지 않습니다. 기다리는 워커: {0}개.',
  'A worker holds the lane, but no worker waits for jobs in this Redis.':
    '레인을 점유한 워커는 있지만, 이 Redis에서 작업을 기다리는 워커가 없습니다.',
  'No worker is running, so no request is applied.': '실행 중인 워커가 없어 요청이 적용되지 않습니다.',
  'Redis is a replica: it accepts no writes.': 'Redis가 복제본이므로 쓰기를 받지 않습니다.',
  'Remove this setting from Redis with `{0}`. To pause the queue, use `shop queue pause`.':
    '`{0}`으로/로 Redis에서 이 설정을 지우십시오. 큐를 일시 정지하려면 `shop queue pause`를 쓰십시오.',
  'The queue is paused in Redis.': '큐가 Redis에서 일시 정지되어 있습니다.',
  "The queue's concurrency is 0 in Redis.": '큐의 concurrency가 Redis에서 0입니다.',
  'Workers get no jobs from Redis; they find the requests in MySQL a few seconds later.':
    '워커가 Redis에서 작업을 받지 못하며, 몇 초 뒤에 MySQL에서 요청을 찾습니다.',
  'The ids of requests jump from {0} to {1}.': '요청의 ID가 {0}에서 {1}으로/로 건너뜁니다.',
  'An SQL statement has inserted request {0} with an id of its own; `shop request show {1}` shows the actor and the host. To prevent this, grant INSERT without the id column, as in docs/grants.md. No request is lost: later requests get higher ids, up to 9,007,199,254,740,991.':
    '요청 {0}은/는 ID를 지정한 SQL 문으로 삽입되었습니다. 요청자와 호스트는 `shop request show {1}`으로/로 확인하십시오. docs/grants.md처럼 id 열을 뺀 INSERT 권한을 주십시오. 사라진 것은 없으며, ID는 9,007,199,254,740,991까지 쓸 수 있습니다.',
  'Start a worker with `shop worker` or `shop dev up`.': '`shop worker`나 `shop dev up`으로 워커를 시작하십시오.',
  'Request {0} has been pending for {1} s.': '요청 {0}이/가 {1}초 동안 미처리 상태입니다.',
  'The queue is paused by {0} since {1}.': '큐가 {1}부터 일시 정지되어 있습니다 ({0}).',
  "Show the request with `shop request show {0}`; the worker's log shows what the worker is waiting for.":
    '`shop request show {0}`으로/로 확인하십시오. 워커가 무엇을 기다리는지는 워커의 로그에 있습니다.',
  'The schema differs from its migrations: {0}.': '스키마가 마이그레이션이 만든 것과 다릅니다: {0}.',
  'The schema was changed outside the migrations. If the difference is shown as an SQL statement, review the statement and run it. If a CHECK constraint is missing or changed, restore it; if no migration has created it, drop it.':
    '스키마가 마이그레이션 밖에서 변경되었습니다. 차이가 SQL 문이면 그 문을 실행하십시오. CHECK 제약 조건이면 그 제약 조건을 복원하고, 마이그레이션이 만들지 않은 것이면 삭제하십시오.',
  '{0} {1} is older than {2}, the minimum version.': '{0} {1}은/는 최소 버전인 {2}보다 낮습니다.',
  'Upgrade the server to {0} or later.': '서버를 {0} 이상으로 업그레이드하십시오.',
  'SHOP_DATABASE_REPLICA_URL names the primary itself.': 'SHOP_DATABASE_REPLICA_URL이 프라이머리를 가리킵니다.',
  'Set SHOP_DATABASE_REPLICA_URL to the URL of a replica, or unset this setting.':
    'SHOP_DATABASE_REPLICA_URL을 복제본의 URL로 설정하거나, 이 설정을 빼십시오.',
  'The replica accepts writes.': '복제본이 쓰기를 받습니다.',
  'Set super_read_only=ON on the replica (read_only=ON in MariaDB).':
    '복제본에 super_read_only=ON을 설정하십시오 (MariaDB는 read_only=ON).',
  "GTIDs are off: the replica's position can't be compared, so data is read from the primary instead.":
    'GTID가 꺼져 있습니다. 복제본의 상태를 비교할 수 없어 프라이머리에서 읽습니다.',
  'Set gtid_mode=ON and enforce_gtid_consistency=ON on the primary and on the replica.':
    '프라이머리와 복제본에 gtid_mode=ON과 enforce_gtid_consistency=ON을 설정하십시오.',
  'Check SHOW REPLICA STATUS on the replica, or allow more lag with SHOP_REPLICA_LAG.':
    '복제본에서 SHOW REPLICA STATUS를 확인하거나, SHOP_REPLICA_LAG로 허용 지연을 늘리십시오.',
  'The replica gets its schema from the primary: check SHOW REPLICA STATUS on the replica.':
    '복제본의 스키마는 프라이머리에서 복제됩니다. 복제본에서 SHOW REPLICA STATUS를 확인하십시오.',
  'Replication is not running (receives: {0}, applies: {1}): {2}.':
    '복제가 실행되지 않고 있습니다 (수신: {0}, 적용: {1}): {2}.',
  'Fix the error that SHOW REPLICA STATUS shows on the replica, then run START REPLICA.':
    '복제본에서 SHOW REPLICA STATUS를 보고 문제를 고친 뒤 START REPLICA를 실행하십시오.',
  'The replica may commit in a different order from the primary, so its snapshots may have gaps.':
    '복제본이 프라이머리와 다른 순서로 커밋할 수 있어, 복제본의 스냅숏에 누락이 있을 수 있습니다.',
  'Set replica_preserve_commit_order=ON on the replica.': '복제본에 replica_preserve_commit_order=ON을 설정하십시오.',
  'Request {0} is {1} with the code CANCELLED, but no withdrawal of it is recorded.':
    '요청 {0}은/는 CANCELLED 코드의 {1} 상태인데, 철회되지 않았습니다.',
  'Request {0} was withdrawn and has the code CANCELLED, but its status is {1} instead of refused.':
    '요청 {0}은/는 철회되어 코드가 CANCELLED인데, 상태가 refused가 아니라 {1}입니다.',
  'Request {0} is {1}, although it was withdrawn before it was decided.':
    '요청 {0}은/는 처리되기 전에 철회되었는데, {1} 상태입니다.',
};
