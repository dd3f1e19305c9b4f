/** Help: headings, summaries and descriptions of commands, options and arguments. */
export const HELP: Readonly<Record<string, string>> = {
  'Usage:': '사용법:',
  'Options:': '옵션:',
  'Global Options:': '공통 옵션:',
  'Arguments:': '인수:',
  'Commands:': '명령:',
  'Examples:': '예:',
  'Start here:': '처음이라면:',
  'display help for command': '명령의 도움말을 보여 줍니다',
  'show help': '도움말을 보여 줍니다',
  'show the version': '버전을 보여 줍니다',
  "The operator's command line for a shop's back end.": '쇼핑몰 백엔드를 운영하는 명령줄 도구입니다.',

  'table, json, jsonl, csv, tsv (default: table on a terminal, tsv in a pipe)':
    'table, json, jsonl, csv, tsv (기본값: 터미널에서는 table, 파이프에서는 tsv)',
  'the same as --output json': '--output json과 같음',
  'no talk on standard error but errors': '표준 오류에 오류만 출력',
  'show the stack of an error': '오류의 스택을 출력',
  'never ask; what is missing is an error': '묻지 않음. 빠진 것이 있으면 오류',
  "consent to what can't be undone": '되돌릴 수 없는 작업에 동의',
  "who is recorded (default: the operating system's user)": '기록에 남길 이름 (기본값: 운영 체제의 사용자)',

  'Create, import and see users': '사용자를 만들고, 가져오고, 조회합니다',
  'Create a user with no points': '포인트가 없는 사용자를 만듭니다',
  'Show a user': '사용자를 보여 줍니다',
  'List users, newest first': '사용자 목록을 최신순으로 보여 줍니다',
  'Create and rename users by the rows of a file, matched by reference':
    '파일의 행대로 사용자를 만들거나 이름을 바꿉니다. 참조로 대조합니다',
  '1 to 200 characters': '1~200자',
  'the id by which the outside world knows the user': '외부 시스템에서 쓰는 사용자의 ID',
  "the user's id, or @reference": '사용자의 ID 또는 @참조',
  'CSV or JSON lines with reference, name; - is standard input':
    'reference, name이 있는 CSV 또는 JSON Lines. -는 표준 입력',
  "csv or jsonl (default: by the file's ending, or its first character)":
    'csv 또는 jsonl (기본값: 파일의 확장자나 첫 글자로 판단)',
  'change nothing; answer what would be done': '아무것도 바꾸지 않고, 무엇을 하게 될지 알림',
  'at most this many rows, 1 to 1000 (default: 20)': '최대 행 수, 1~1000 (기본값: 20)',
  'go on after this id, the last one that was seen': '마지막으로 본 이 ID 다음부터 이어서 보여 줌',

  "Add points to a user's balance": '사용자의 잔액에 포인트를 충전합니다',
  'points, 1 to 1,000,000,000,000': '포인트, 1~1,000,000,000,000',
  'idempotency key: the same key has one effect (default: a new one)':
    '멱등 키: 같은 키는 한 번만 적용됨 (기본값: 새 키)',
  'answer as soon as the request is recorded': '요청이 기록되는 대로 응답',
  'wait this long for the outcome (default: 30s)': '결과를 기다리는 시간 (기본값: 30s)',
  "Show a user's points": '사용자의 포인트를 보여 줍니다',
  "List a user's ledger, newest first": '사용자의 원장을 최신순으로 보여 줍니다',

  'Create, import, see, restock and reprice products': '상품을 만들고, 가져오고, 조회하고, 재고와 가격을 바꿉니다',
  'Create a product with its first stock': '첫 재고와 함께 상품을 만듭니다',
  'Show a product': '상품을 보여 줍니다',
  'List products, newest first': '상품 목록을 최신순으로 보여 줍니다',
  "Add units to a product's stock": '상품의 재고를 늘립니다',
  'Give a product another price': '상품의 가격을 바꿉니다',
  'Create, rename and reprice products by the rows of a file, matched by reference':
    '파일의 행대로 상품을 만들거나 이름과 가격을 바꿉니다. 참조로 대조합니다',
  'Show the five products that sold best in the last three days': '최근 3일간 가장 많이 팔린 상품 5개를 보여 줍니다',
  'points for one unit, 1 to 1,000,000,000,000 (required)': '한 개의 포인트, 1~1,000,000,000,000 (필수)',
  'points for one unit, 1 to 1,000,000,000,000': '한 개의 포인트, 1~1,000,000,000,000',
  'units in stock (required)': '재고 수량 (필수)',
  'the id by which the outside world knows the product': '외부 시스템에서 쓰는 상품의 ID',
  "the product's id, or @reference": '상품의 ID 또는 @참조',
  'units, 1 to 1,000,000': '수량, 1~1,000,000',
  'CSV or JSON lines with reference, name, price, and stock, which only new products get; - is standard input':
    'reference, name, price와, 새 상품에만 쓰이는 stock이 있는 CSV 또는 JSON Lines. -는 표준 입력',
  'compute it now, whatever the cache holds': '캐시와 상관없이 지금 계산',

  'Fill, empty and see carts': '장바구니에 담고, 빼고, 조회합니다',
  "Put products into a user's cart": '사용자의 장바구니에 상품을 담습니다',
  "Take products out of a user's cart": '사용자의 장바구니에서 상품을 뺍니다',
  "Show a user's cart": '사용자의 장바구니를 보여 줍니다',
  "Order what is in a user's cart": '사용자의 장바구니에 담긴 것을 주문합니다',
  '<product>:<quantity>, or a product alone for one': '<product>:<quantity>. 한 개면 상품만',
  "the cart's id, where it must be the user's": '장바구니의 ID. 그 사용자의 것이어야 함',

  'Place, see and cancel orders': '주문하고, 조회하고, 취소합니다',
  'Place an order, paid with points': '포인트로 결제하여 주문합니다',
  'Show an order with its lines': '주문과 그 상품들을 보여 줍니다',
  'List orders, newest first': '주문 목록을 최신순으로 보여 줍니다',
  'Cancel an order: its points and its stock go back': '주문을 취소하고 포인트와 재고를 되돌립니다',
  "the order's id": '주문의 ID',
  "this user's orders": '이 사용자의 주문',
  'placed or cancelled': 'placed 또는 cancelled',
  'placed at or after: ISO 8601, or an age such as 2h': '이 시각 이후의 주문: ISO 8601, 또는 2h 같은 경과 시간',
  'placed before: ISO 8601, or an age such as 2h': '이 시각 전의 주문: ISO 8601, 또는 2h 같은 경과 시간',

  'Send files of orders and charges': '주문과 충전의 파일을 보냅니다',
  'Send the orders and charges of a file; run again, it goes on where it stopped':
    '파일의 주문과 충전을 보냅니다. 다시 실행하면 멈춘 곳부터 이어집니다',
  'List batches, newest first': '배치 목록을 최신순으로 보여 줍니다',
  "Show a batch's totals": '배치의 집계를 보여 줍니다',
  "Show what became of a batch's rows, in file order": '배치의 각 행이 어떻게 되었는지 파일 순서대로 보여 줍니다',
  'CSV or JSON lines; - is standard input': 'CSV 또는 JSON Lines. -는 표준 입력',
  "the batch's name (default: made from the file's content); recorded rows must not have changed":
    '배치 이름 (기본값: 파일 내용으로 만듦). 이미 기록된 행은 바뀌지 않았어야 합니다',
  'answer as soon as all rows are recorded': '모든 행이 기록되는 대로 응답',
  'wait this long for the outcomes (default: while some are decided)':
    '결과를 기다리는 시간 (기본값: 결정되는 행이 있는 동안)',
  "write each row's outcome to this file: .csv, .tsv or .jsonl": '각 행의 결과를 쓸 파일: .csv, .tsv 또는 .jsonl',
  'send nothing; report what could not be sent': '아무것도 보내지 않고, 보낼 수 없는 행만 알림',
  "the batch's name, or its id": '배치의 이름 또는 ID',
  'look again every second: a live screen on a terminal, a row for each look with -o jsonl, csv or tsv':
    '매초 다시 조회: 터미널에서는 실시간 화면, -o jsonl, csv, tsv에서는 조회마다 한 행',
  'go on after this line, the last one that was seen': '마지막으로 본 이 줄 다음부터 이어서 보여 줌',

  'See what was asked for, by whom, and what became of it': '누가 무엇을 요청했고 어떻게 되었는지 조회합니다',
  'Show a request with its outcome': '요청과 그 결과를 보여 줍니다',
  'List requests, newest first': '요청 목록을 최신순으로 보여 줍니다',
  "the request's key, or its id": '요청의 키 또는 ID',
  'refused or failed with this code': '이 코드로 거부되거나 실패한 요청',
  'recorded by this one': '이 이름으로 기록된 요청',
  'recorded for a row of this batch: its name, or its id': '이 배치의 행으로 기록된 요청: 이름 또는 ID',
  'recorded at or after: ISO 8601, or an age such as 2h':
    '이 시각 이후에 기록된 요청: ISO 8601, 또는 2h 같은 경과 시간',
  'recorded before: ISO 8601, or an age such as 2h': '이 시각 전에 기록된 요청: ISO 8601, 또는 2h 같은 경과 시간',

  'See the queue, pause and resume it, retry what has failed':
    '큐를 조회하고, 일시 정지하고, 재개하고, 실패한 요청을 재시도합니다',
  'Show what waits, what has failed, the workers and the batches under way':
    '대기 중인 것, 실패한 것, 워커, 진행 중인 배치를 보여 줍니다',
  'List requests that have failed for good, with the reason, newest first':
    '최종 실패한 요청을 사유와 함께 최신순으로 보여 줍니다',
  'Take back the failure of requests: they are pending again, with all their attempts':
    '요청의 실패를 되돌려, 시도 횟수를 모두 갖춘 미처리 상태로 만듭니다',
  'Have workers apply nothing until the queue is resumed; requests are recorded as ever':
    '큐를 재개할 때까지 워커가 아무것도 적용하지 않게 합니다. 요청은 그대로 기록됩니다',
  'Let a paused queue go on': '일시 정지된 큐를 재개합니다',
  'failed at or after: ISO 8601, or an age such as 2h': '이 시각 이후에 실패한 요청: ISO 8601, 또는 2h 같은 경과 시간',
  "a failed request's key, or its id": '실패한 요청의 키 또는 ID',
  'all that have failed, or those of them that the other options name':
    '실패한 요청 전부, 또는 그중 다른 옵션에 맞는 것',
  'change nothing; answer what would be retried': '아무것도 바꾸지 않고, 무엇을 재시도하게 될지 알림',

  'Keep the ranking of best sellers up to date': '인기 상품 랭킹을 최신으로 유지합니다',
  'Compute what sold best in the last three days, and keep it for `product top`':
    '최근 3일간 가장 많이 팔린 상품을 계산하여 `product top`에 쓰도록 저장합니다',
  'wait this long while another run computes it (default: not at all)':
    '다른 실행이 계산하는 동안 기다리는 시간 (기본값: 기다리지 않음)',

  'Apply requests until told to stop': '멈추라고 할 때까지 요청을 적용합니다',
  'maximum number of active jobs (default: 100)': '동시에 처리하는 최대 작업 수 (기본값: 100)',
  'serve /metrics and /healthz there; 0 takes any free port': '/metrics와 /healthz를 제공할 포트. 0이면 빈 포트를 씀',
  'the address to serve them at (default: 127.0.0.1)': '그것을 제공할 주소 (기본값: 127.0.0.1)',

  'Give commands at a prompt, or from a file, on connections that stay open':
    '연결을 유지한 채 프롬프트나 파일에서 명령을 실행합니다',
  'not on a terminal: go on behind a command that fails': '터미널이 아닐 때: 명령이 실패해도 계속함',
  [`Lines are read as a POSIX shell reads them: '...', "...", \\ and # comments; a \\ at the end goes on with the next line.
A leading \`shop\` is allowed. Pipes, redirections and lists of commands are not; variables are text like any other.
The global options that are given to the shell are those of its commands, unless they give their own.

On a terminal a command that fails leaves the shell open, Ctrl-C interrupts the command alone, and \`exit\`, \`quit\` or
Ctrl-D ends with 0. Elsewhere the first command that fails ends the shell with that command's exit status. With
--keep-going all are run, and the status is still that of the first that failed. An interruption ends it either way.`]: `각 줄은 POSIX 셸처럼 읽습니다: '...', "...", \\, # 주석. 줄 끝의 \\는 다음 줄로 이어집니다.
앞에 \`shop\`을 붙여도 됩니다. 파이프, 리다이렉션, 명령 목록은 쓸 수 없고, 변수는 그냥 글자입니다.
셸에 준 공통 옵션은 각 명령이 따로 주지 않는 한 그 명령에도 적용됩니다.

터미널에서는 명령이 실패해도 셸이 계속되고, Ctrl-C는 그 명령만 중단하며, \`exit\`, \`quit\`, Ctrl-D는 0으로
끝냅니다. 터미널이 아니면 처음 실패한 명령의 종료 코드로 셸이 끝납니다. --keep-going을 주면 모두 실행하고,
종료 코드는 역시 처음 실패한 명령의 것입니다. 중단 신호를 받으면 어느 쪽이든 끝납니다.`,
  '`exit`, `quit` or Ctrl-D ends the shell.': '`exit`, `quit` 또는 Ctrl-D로 셸을 끝냅니다.',

  'Prove that no point, unit or order is lost or counted twice':
    '포인트, 재고, 주문이 하나도 사라지거나 두 번 계산되지 않았음을 증명합니다',
  'Check servers, settings, clocks, schema and workers, and say what to do':
    '서버, 설정, 시계, 스키마, 워커를 점검하고 할 일을 알려 줍니다',

  'Migrate the database and see its state': '데이터베이스를 마이그레이션하고 상태를 조회합니다',
  'Bring the schema up to date': '스키마를 최신으로 만듭니다',
  'Show what is applied, pending and drifted': '적용된 것, 남은 것, 어긋난 것을 보여 줍니다',
  'Revert the last migration and delete its data': '마지막 마이그레이션을 되돌리고 데이터를 지웁니다',
  'Put sample users and products in': '예시 사용자와 상품을 넣습니다',

  'Run a private MySQL, Redis and worker on this machine': '이 컴퓨터에서 전용 MySQL, Redis, 워커를 실행합니다',
  'Start servers and worker, migrated; what runs is left alone':
    '서버와 워커를 시작하고 마이그레이션합니다. 이미 실행 중인 것은 그대로 둡니다',
  'Stop worker and servers; their data stays': '워커와 서버를 멈춥니다. 데이터는 남습니다',
  'Show what runs, what does not, and what has crashed': '실행 중인 것, 멈춘 것, 비정상 종료된 것을 보여 줍니다',
  'Stop everything and delete all data': '모두 멈추고 데이터를 전부 지웁니다',
  'Show the end of the logs': '로그의 끝부분을 보여 줍니다',
  'mysql, redis, worker (default: all)': 'mysql, redis, worker (기본값: 전부)',
  'of each log (default: 50)': '로그마다 보여 줄 줄 수 (기본값: 50)',

  'Print what has a shell complete commands, options and ids':
    '셸에서 명령, 옵션, ID를 자동 완성하는 스크립트를 출력합니다',
};
