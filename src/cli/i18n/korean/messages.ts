/** Messages on standard error, empty lists and live screens. */
export const MESSAGES: Readonly<Record<string, string>> = {
  'No users.': '사용자가 없습니다.',
  'No products.': '상품이 없습니다.',
  'No orders.': '주문이 없습니다.',
  'No ledger rows.': '원장 내역이 없습니다.',
  'No batches.': '배치가 없습니다.',
  'No rows.': '행이 없습니다.',
  'No requests.': '요청이 없습니다.',
  'There is nothing to report in this time span.': '이 기간에는 내역이 없습니다.',
  'No activities.': '변경 내역이 없습니다.',
  'No migrations.': '마이그레이션이 없습니다.',
  'No logs.': '로그가 없습니다.',
  'Nothing was sold.': '팔린 상품이 없습니다.',
  'No failed requests.': '실패한 요청이 없습니다.',
  'Nothing to retry.': '재시도할 요청이 없습니다.',
  'Nothing was checked.': '점검한 것이 없습니다.',
  'Nothing has been started.': '시작된 것이 없습니다.',
  'Nothing was running.': '실행 중인 것이 없었습니다.',
  'Nothing to do: the schema is up to date.': '할 일이 없습니다. 스키마가 최신입니다.',

  "This list can't be filtered by actor, so --actor has no effect on it.":
    '이 목록은 요청자로 필터링할 수 없으므로 --actor는 아무 영향이 없습니다.',
  'There are more rows. Up to {0} rows: `{1}`.': '행이 더 있습니다. 최대 {0}행: `{1}`.',
  'There are more rows. Choose a shorter time span.': '행이 더 있습니다. 기간을 줄이십시오.',
  'There are more rows. Next page: `{0}`; all rows: `{1}`.': '행이 더 있습니다. 다음 페이지: `{0}`, 모든 행: `{1}`.',
  'The list is incomplete; run the command again.': '목록이 완전하지 않습니다. 명령을 다시 실행하십시오.',
  'The list is incomplete: the receiving program has read nothing for {0} s.':
    '목록이 완전하지 않습니다. 출력을 받는 프로그램이 {0}초 동안 읽지 않았습니다.',
  'Save the list to a file, and read the file: `{0} > list.txt`.':
    '목록을 파일로 저장해서 읽으십시오: `{0} > list.txt`.',

  '{0} s': '{0}초',
  '{0} min {1} s': '{0}분 {1}초',
  '{0} h {1} min': '{0}시간 {1}분',
  '{0} d {1} h': '{0}일 {1}시간',
  '{0}, {1} in stock': '{0}, 재고 {1}',
  '{0}: {1} rows in {2} s': '{0}: {1}행, {2}초',
  none: '없음',

  sending: '보내는 중',
  '{0} of about {1} rows sent': '약 {1}행 중 {0}행 보냄',
  '{0} rows sent': '{0}행 보냄',
  'about {0} left': '약 {0} 남음',
  '{0} decided': '{0} 처리',
  '{0} a second': '초당 {0}',
  '{0} of {1}': '{1} 중 {0}',
  'The rows could not be queued in Redis; a worker will find them in MySQL.':
    '행을 Redis 큐에 넣지 못했습니다. 워커가 MySQL에서 찾아 처리합니다.',
  'The requests could not be queued in Redis; a worker will find them in MySQL.':
    '요청을 Redis 큐에 넣지 못했습니다. 워커가 MySQL에서 찾아 처리합니다.',
  'The request could not be queued in Redis; a worker will find it in MySQL.':
    '요청을 Redis 큐에 넣지 못했습니다. 워커가 MySQL에서 찾아 처리합니다.',
  'List the failed rows with `shop batch results {0} --status failed`, and the reasons with `shop queue failed`. Once the cause is fixed, retry each with `shop queue retry <key>`.':
    '실패한 행은 `shop batch results {0} --status failed`로, 사유는 `shop queue failed`로 확인하십시오. 원인을 해결한 뒤 `shop queue retry <key>`로 각각 재시도하십시오.',
  'No worker is running: start one with `shop worker` or `shop dev up`.':
    '실행 중인 워커가 없습니다. `shop worker`나 `shop dev up`으로 시작하십시오.',
  'The queue is paused by {0}; resume it with `shop queue resume`.':
    '큐가 일시 정지되어 있습니다 ({0}). `shop queue resume`으로 재개하십시오.',
  'The queue was already paused by {0}.': '큐는 이미 일시 정지되어 있었습니다 ({0}).',
  'The queue was not paused.': '큐는 일시 정지되어 있지 않았습니다.',
  'Interrupted. Recorded rows of batch {0}: at least {1}.':
    '중단되었습니다. 배치 {0}의 행이 적어도 {1}개 기록되었습니다.',
  'Continue with `{0}`; nothing is applied twice.': '`{0}`으로/로 이어서 할 수 있습니다. 중복으로 적용되지 않습니다.',
  '{0} of {1} rows of batch {2} are recorded but not decided yet.':
    '배치 {2}의 {1}행 중 {0}행이 기록되었으나 아직 처리되지 않았습니다.',
  'All {0} rows of batch {1} were sent, but MySQL does not respond.':
    '배치 {1}의 {0}개 행을 모두 보냈지만 MySQL이 응답하지 않습니다.',
  'Check the batch with `shop batch show {0}`, or wait for the outcomes with `{1}`.':
    '`shop batch show {0}`으로/로 배치를 확인하거나, `{1}`으로/로 결과를 기다리십시오.',
  'Recorded rows: at least {0}; see `shop batch results {1}`. Continue with `{2}`.':
    '행이 적어도 {0}개 기록되었습니다. `shop batch results {1}`으로/로 확인하고, `{2}`으로/로 계속하십시오.',
  'Recorded rows of batch {0}: at least {1}.': '배치 {0}의 행이 적어도 {1}개 기록되었습니다.',

  'Fix the rows that were not sent, then run `{0}`; recorded rows are not applied again.':
    '보내지 못한 행을 고친 다음 `{0}`을/를 실행하십시오. 기록된 행은 다시 적용되지 않습니다.',
  'To try rows again that were sent but refused, put them into a new file, and run it with a new `--name`.':
    '보냈지만 거부된 행을 다시 시도하려면 새 파일에 담아 새 `--name`으로 실행하십시오.',
  'A row with a key needs a new key there; with the old key, it is refused again.':
    '키가 있는 행에는 새 키를 지정하십시오. 이전 키로는 다시 거부됩니다.',
  'List refused rows with `shop batch results {0} --status refused --all`.':
    '거부된 행은 `shop batch results {0} --status refused --all`로 확인하십시오.',

  'Request {0} is recorded; its key is {1}': '요청 {0}이/가 기록되었습니다. 키: {1}',
  'Interrupted. The request may have been recorded; its key is {0}.':
    '중단되었습니다. 요청이 기록되었을 수도 있습니다. 키: {0}.',
  'Interrupted. Request {0} is recorded and will be decided; its key is {1}.':
    '중단되었습니다. 요청 {0}은/는 기록되었고 곧 처리됩니다. 키: {1}.',
  'See its outcome with `shop request show {0}`.': '`shop request show {0}`으로/로 결과를 확인하십시오.',
  "MySQL failed while the request was being recorded: {0}. The request's key is {1}.":
    '요청을 기록하는 중에 MySQL 오류가 발생했습니다: {0}. 키: {1}.',
  'Run the same command again with `--key {0}`; the request takes effect only once.':
    '같은 명령을 `--key {0}`와/과 함께 다시 실행하십시오. 기록되었든 아니든 한 번만 적용됩니다.',

  'This was a dry run: nothing was changed.': '시험 실행이었습니다. 바뀐 것은 없습니다.',
  'This was a dry run: nothing was sent.': '시험 실행이었습니다. 보낸 것은 없습니다.',
  'Interrupted. This was a dry run: nothing was changed.': '중단되었습니다. 시험 실행이었고 바뀐 것은 없습니다.',
  'Run the same command again to continue; rows already imported count as unchanged.':
    '계속하려면 같은 명령을 다시 실행하십시오. 이미 가져온 행은 변경 없음으로 집계됩니다.',
  '{0} rows read': '{0}행 읽음',
  'Processed rows of the file: at least {0}.': '파일의 행이 적어도 {0}개 처리되었습니다.',
  'The ranking cache is unavailable: {0}': '랭킹의 캐시를 쓸 수 없습니다: {0}',
  'Stopped with unfinished work; the next worker will finish it.':
    '끝나지 않은 작업을 남기고 멈췄습니다. 다음 워커가 마저 처리합니다.',

  'Press q or Ctrl-C to quit.': '종료하려면 q 또는 Ctrl-C를 누르십시오.',
  'Stopped watching.': '모니터링을 종료했습니다.',
  'Nothing was changed.': '바뀐 것은 없습니다.',
  rates: '속도',
  jobs: '작업',
  outcomes: '결과',
  'oldest {0}': '최장 {0}',
  '{0} decided, {1} recorded a second': '초당 처리 {0}, 기록 {1}',
  '{0} waiting, {1} active, {2} delayed': '대기 {0}, 처리 중 {1}, 지연 {2}',
  '{0} applied, {1} refused, {2} failed': '적용 {0}, 거부 {1}, 실패 {2}',
  'batches under way': '진행 중인 배치',
  'paused by {0} at {1}': '일시 정지: {0}, {1}',
  running: '실행 중',
  'no worker holds the lane, so no requests are being applied': '레인을 점유한 워커가 없어 요청이 적용되지 않음',
  unavailable: '사용할 수 없음',
  'unknown, but one worker holds the lane': '알 수 없음. 레인을 점유한 워커는 있음',
  'holds the lane': '레인 점유',
  'on standby': '대기',

  'shop {0}: type `help` to list the commands, `exit` or Ctrl-D to leave.':
    'shop {0}: `help`로 명령을 보고, `exit` 또는 Ctrl-D로 끝냅니다.',
  'The command history is not saved: {0}': '명령 기록을 저장할 수 없습니다: {0}',
  "The command can't be interrupted; waiting for it to finish. Press Ctrl-C again to leave the shell.":
    '중단할 수 없어 명령이 끝나기를 기다립니다. Ctrl-C를 다시 누르면 셸을 끝냅니다.',
  'Failed commands: {0}. The first failure is on line {1}, with exit status {2}.':
    '명령 {0}개가 실패했습니다. 처음 실패한 것은 {1}번째 줄이고, 종료 코드는 {2}입니다.',
  'The command on line {0} failed with exit status {1}; the remaining lines were not run.':
    '{0}번째 줄의 명령이 실패했습니다 (종료 코드 {1}). 나머지 줄은 실행하지 않았습니다.',
  "The replica at {0} can't be used: {1}.": '{0}의 복제본을 쓸 수 없습니다: {1}.',
  'Reading from the primary instead of the replica: {0}': '복제본 대신 프라이머리에서 읽습니다: {0}',
  'The primary is unavailable; the data is from the replica at {0}, which may be behind.':
    '프라이머리에 연결할 수 없어 {0}의 복제본에서 읽었습니다. 최신이 아닐 수 있습니다.',
  'The data was read from the replica at {0}.': '{0}의 복제본에서 읽었습니다.',
  'the primary has no GTIDs, so the lag of the replica is unknown':
    '프라이머리에 GTID가 없어 복제 지연을 알 수 없습니다',
  'it is more than {0} ms behind': '{0}ms 넘게 뒤처져 있습니다',
  'its schema lacks migrations: {0}': '적용되지 않은 마이그레이션이 있습니다: {0}',
  'its schema has unknown migrations: {0}': '알 수 없는 마이그레이션이 있습니다: {0}',
  'Request {0} is withdrawn: a worker will refuse it with CANCELLED.':
    '요청 {0}을/를 철회했습니다. 워커가 CANCELLED로 거부합니다.',
};
