/** Help texts: headings, and summaries and descriptions of commands, options and arguments. */
export const HELP: Readonly<Record<string, string>> = {
  'Usage:': '사용법:',
  'Options:': '옵션:',
  'Global Options:': '공통 옵션:',
  'Arguments:': '인수:',
  'Commands:': '명령:',
  'Examples:': '예:',
  'Start here:': '처음이라면:',
  'Show help for a command': '명령의 도움말을 보여 줍니다',
  'show help': '도움말을 보여 줍니다',
  'show the version': '버전을 보여 줍니다',
  "The operator's command line for a shop's back end.": '쇼핑몰 백엔드를 운영하는 명령줄 도구입니다.',

  'table, json, jsonl, csv, tsv (default: table on a terminal, tsv in a pipe)':
    'table, json, jsonl, csv, tsv (기본값: 터미널에서는 table, 파이프에서는 tsv)',
  'same as --output json': '--output json과 같음',
  'print only errors on standard error': '표준 오류에 오류만 출력',
  'print stack traces of errors, and a message when data is read from the replica':
    '오류의 스택 추적과, 복제본에서 읽었다는 메시지를 출력',
  'never prompt; fail if input is missing': '묻지 않고, 누락된 입력이 있으면 오류로 끝냄',
  'skip confirmation prompts': '확인 질문을 건너뜀',
  "name to record as the actor (default: SHOP_ACTOR, or the operating system's user)":
    '요청자로 기록할 이름 (기본값: SHOP_ACTOR 또는 운영 체제의 사용자)',

  'Create, edit, block, import and view users': '사용자를 만들고, 고치고, 차단하고, 가져오고, 조회합니다',
  'Create a user with no points': '포인트가 없는 사용자를 만듭니다',
  'Show a user': '사용자를 보여 줍니다',
  'List users, newest first': '사용자 목록을 최신순으로 보여 줍니다',
  'Create or rename users from a file, matched by reference or id':
    '파일에서 사용자를 만들거나 이름을 바꿉니다. 참조나 ID로 대조합니다',
  '1 to 200 characters': '1~200자',
  "Change a user's name, or set the user's reference": '사용자의 이름을 바꾸거나 참조를 정합니다',
  'new name, 1 to 200 characters': '새 이름, 1~200자',
  "the user's id in external systems; it can't be changed once it is set":
    '외부 시스템에서 쓰는 사용자의 ID. 한 번 정하면 바꿀 수 없습니다',
  'Block a user from ordering and checking out': '사용자의 주문과 결제를 차단합니다',
  'reason for the change, 1 to 200 characters (required)': '사유, 1~200자 (필수)',
  'Let a blocked user order again': '사용자의 차단을 해제합니다',
  "the user's id in external systems": '외부 시스템에서 쓰는 사용자의 ID',
  "the user's id, or @reference": '사용자의 ID 또는 @참조',
  'CSV or JSON Lines file with the columns reference and name (- for standard input)':
    '열 reference, name이 있는 CSV 또는 JSON Lines 파일 (-는 표준 입력)',
  'encoding of the file, such as cp949 or windows-1252 (default: UTF-8, or UTF-16 if the file has its byte-order mark)':
    '파일의 인코딩: cp949, windows-1252 등 (기본값: UTF-8, UTF-16의 바이트 순서 표시가 있으면 UTF-16)',
  'separator of a CSV file: one punctuation mark, or the word tab (default: comma, semicolon or tab, detected from the header)':
    'CSV 파일의 구분자: 문장 부호 하나. 탭은 tab (기본값: 헤더에 따라 쉼표, 세미콜론, 탭)',
  'headings of the columns in the file, as column=heading, such as reference="Variant SKU",name=Title; with this option, unknown columns are ignored':
    '파일에서 쓰는 열 이름: reference="Variant SKU",name=Title. 이 옵션을 쓰면 알 수 없는 열은 무시합니다',
  'csv or jsonl (default: detected from the file extension, or from the first character)':
    'csv 또는 jsonl (기본값: 파일의 확장자나 첫 글자로 판단)',
  'change nothing; print what would be done': '아무것도 바꾸지 않고, 바뀔 내용만 출력',
  'maximum number of rows, 1 to 1000 (default: 20)': '최대 행 수, 1~1000 (기본값: 20)',
  'print all rows; with --after, all following rows': '모든 행 출력. --after와 함께 쓰면 그다음 행 전부',
  'start after this id (for the next page)': '이 ID 다음부터 출력 (다음 페이지용)',
  'start after this cursor (for the next page); give the same filters as for the previous page':
    '이 커서 다음부터 출력 (다음 페이지용). 필터는 이전 페이지와 같아야 합니다',

  "Add points to a user's balance": '사용자의 잔액에 포인트를 충전합니다',
  'number of points, 1 to 1,000,000,000,000': '포인트 수, 1~1,000,000,000,000',
  'idempotency key; requests with the same key take effect only once (default: a new key)':
    '멱등 키: 같은 키는 한 번만 적용됨 (기본값: 새 키)',
  'return as soon as the request is recorded': '요청이 기록되면 바로 끝냄',
  'Cancel a pending request': '미처리 요청을 취소합니다',
  'return as soon as the withdrawal is recorded, without waiting for the outcome':
    '철회가 기록되면 결과를 기다리지 않고 끝냄',
  'Cancel a batch: stop sending its rows and refuse its pending rows':
    '배치를 취소합니다: 행 전송을 멈추고 미처리 행을 거부합니다',
  'maximum wait for the outcome (default: 30s)': '결과를 기다리는 최대 시간 (기본값: 30s)',
  'reason for the change, 1 to 200 characters': '변경 사유, 1~200자',
  "Show and correct a user's points": '사용자의 포인트를 보여 주고 정정합니다',
  "Correct a user's balance": '사용자의 잔액을 정정합니다',
  'points to add, or to subtract if negative, at most 1,000,000,000,000 (required)':
    '더할 포인트. 음수이면 차감. 최대 1,000,000,000,000 (필수)',
  "List a user's ledger rows, newest first": '사용자의 원장을 최신순으로 보여 줍니다',
  "Show a user's statement: opening balance, entries, closing balance":
    '사용자의 거래 명세서를 보여 줍니다: 기초 잔액, 거래 내역, 기말 잔액',
  'start of the statement (required)': '명세서의 시작 시각 (필수)',
  'end of the statement (default: now)': '명세서의 끝 시각 (기본값: 현재)',

  'View the points ledger of all users': '모든 사용자의 포인트 원장을 조회합니다',
  'List the ledger rows of all users, newest first': '모든 사용자의 원장을 최신순으로 보여 줍니다',
  'only rows of this user (id or @reference)': '이 사용자(ID 또는 @참조)의 내역만',

  'Create, edit, retire, import and view products; restock products and adjust their stock':
    '상품을 만들고, 고치고, 판매 종료하고, 가져오고, 조회하며, 재고를 늘리거나 조정합니다',
  "Correct a product's stock, by a number of units or to a counted value":
    '상품의 재고를 수량만큼, 또는 실사한 재고로 정정합니다',
  'units to add, or to subtract if negative, at most 1,000,000': '더할 수량. 음수이면 차감. 최대 1,000,000',
  'new stock, as counted (instead of --by)': '새 재고, 실사한 값 (--by 대신)',
  'refuse the adjustment if the stock differs from this number': '재고가 이 값과 다르면 조정을 거부',
  'Create a product with its initial stock': '초기 재고와 함께 상품을 만듭니다',
  'Show a product': '상품을 보여 줍니다',
  'List products, newest first': '상품 목록을 최신순으로 보여 줍니다',
  "Add units to a product's stock": '상품의 재고를 늘립니다',
  "Change a product's price": '상품의 가격을 바꿉니다',
  'Create, rename or reprice products from a file, matched by reference or id':
    '파일에서 상품을 만들거나 이름과 가격을 바꿉니다. 참조나 ID로 대조합니다',
  'Show the five best-selling products of the last three days': '최근 3일간 가장 많이 팔린 상품 5개를 보여 줍니다',
  'price of one unit in points, 1 to 1,000,000,000,000 (required)': '개당 가격(포인트), 1~1,000,000,000,000 (필수)',
  'price of one unit in points, 1 to 1,000,000,000,000': '개당 가격(포인트), 1~1,000,000,000,000',
  'initial number of units in stock (required)': '초기 재고 수량 (필수)',
  "Change a product's name or price, or set the product's reference": '상품의 이름이나 가격을 바꾸거나 참조를 정합니다',
  'new price of one unit in points, 1 to 1,000,000,000,000': '새 개당 가격(포인트), 1~1,000,000,000,000',
  "the product's id in external systems; it can't be changed once it is set":
    '외부 시스템에서 쓰는 상품의 ID. 한 번 정하면 바꿀 수 없습니다',
  'Take a product off sale': '상품의 판매를 종료합니다',
  'Put a retired product back on sale': '판매를 종료한 상품을 다시 판매합니다',
  'only blocked users': '차단된 사용자만',
  'only retired products': '판매를 종료한 상품만',
  'only products with fewer units in stock than this number': '재고가 이보다 적은 상품만',
  'sort by id (newest first), or by name, stock or price in ascending order (default: id)':
    '정렬 기준: id(최신순), 또는 name, stock, price(오름차순) (기본값: id)',
  'part of the name (case-insensitive), beginning of the reference, or id':
    '이름의 일부(대소문자 구분 없음), 참조의 앞부분, 또는 ID',
  "List the changes to a product's stock, newest first": '상품의 재고 변경을 최신순으로 보여 줍니다',
  'only changes at or after this time': '이 시각 이후의 변경만',
  'only changes before this time': '이 시각 전의 변경만',
  "the product's id in external systems": '외부 시스템에서 쓰는 상품의 ID',
  "the product's id, or @reference": '상품의 ID 또는 @참조',
  'number of units, 1 to 1,000,000': '수량, 1~1,000,000',
  'CSV or JSON Lines file with the columns reference, name, price and, for new products, stock (- for standard input)':
    '열 reference, name, price와 새 상품에 필요한 stock이 있는 CSV 또는 JSON Lines 파일 (-는 표준 입력)',
  'bypass the cache': '캐시를 쓰지 않음',

  'Fill, view and check out carts': '장바구니에 담고, 조회하고, 주문합니다',
  "Add products to a user's cart": '사용자의 장바구니에 상품을 담습니다',
  "Remove products from a user's cart": '사용자의 장바구니에서 상품을 뺍니다',
  "Show a user's cart": '사용자의 장바구니를 보여 줍니다',
  "Place an order for the contents of a user's cart": '사용자의 장바구니에 담긴 것을 주문합니다',
  '<product>:<quantity>, or <product> for one unit': '<product>:<quantity>. 한 개면 상품만',
  "the cart's id, to check that the cart belongs to the user": '그 사용자의 장바구니인지 확인할 장바구니 ID',

  [`A time has one of these forms: ISO 8601 (2026-11-29T14:53:00Z), the form that tables show (2026-11-29 14:53:00 or
2026-11-29 14:53), a date (the start of that day), or an age (2h means two hours ago). A time without a time zone is in
the zone that SHOP_TIME_ZONE names or, if SHOP_TIME_ZONE is not set, in the system's time zone.`]: `시각은 ISO 8601(2026-11-29T14:53:00Z), 표에 나오는 형식(2026-11-29 14:53:00, 2026-11-29 14:53), 그날의 시작을
뜻하는 날짜, 또는 경과 시간(2h는 2시간 전)으로 씁니다. 시간대를 쓰지 않으면 SHOP_TIME_ZONE의 시간대로 읽고, 설정되어 있지
않으면 시스템의 시간대로 읽습니다.`,

  'Place, view, cancel and return orders': '주문하고, 조회하고, 취소하고, 반품합니다',
  'Place an order paid with points': '포인트로 결제하여 주문합니다',
  'Show an order with its lines': '주문과 그 상품들을 보여 줍니다',
  'List orders, newest first': '주문 목록을 최신순으로 보여 줍니다',
  'Cancel an order: refund the points paid and restock the units':
    '주문을 취소합니다: 결제한 포인트를 환불하고 재고에 다시 넣습니다',
  'Return units of an order: refund the points paid and restock the units':
    '주문의 일부를 반품합니다: 결제한 포인트를 환불하고 재고에 다시 넣습니다',
  'refund the points without adding the units to the stock': '재고에 넣지 않고 포인트만 환불',
  "the order's id": '주문의 ID',
  'only orders of this user (id or @reference)': '이 사용자(ID 또는 @참조)의 주문만',
  'only orders that contain this product (id or @reference)': '이 상품(ID 또는 @참조)이 포함된 주문만',
  'only orders placed by this actor': '이 요청자가 한 주문만',
  'print one row per order line; --limit and --after still refer to orders':
    '주문의 품목마다 한 행씩 출력. --limit과 --after는 그대로 주문 기준',
  'the key of the request that placed the order (instead of the id)': '주문을 만든 요청의 키 (ID 대신)',
  'placed, partially_returned, returned or cancelled': 'placed, partially_returned, returned 또는 cancelled',
  'only orders placed at or after this time': '이 시각 이후의 주문만',
  'only orders placed before this time': '이 시각 전의 주문만',

  'Send orders, charges and other requests from a file': '파일에 있는 주문, 충전 등의 요청을 보냅니다',
  'Send the orders, charges and other requests in a file; run the command again to resume':
    '파일에 있는 주문, 충전 등의 요청을 보냅니다. 명령을 다시 실행하면 이어서 보냅니다',
  'List batches, newest first': '배치 목록을 최신순으로 보여 줍니다',
  "Show a batch's totals": '배치의 집계를 보여 줍니다',
  'Show the outcome of each row of a batch, in file order': '배치의 행별 결과를 파일 순서대로 보여 줍니다',
  'CSV or JSON Lines file (- for standard input)': 'CSV 또는 JSON Lines 파일(-는 표준 입력)',
  "batch name (default: derived from the file's content); to resume a batch, do not change the rows of the file that are already recorded":
    '배치 이름 (기본값: 파일 내용에서 만듦). 배치를 이어서 실행할 때는 이미 기록된 행을 바꾸면 안 됩니다',
  'return as soon as all rows are recorded': '모든 행이 기록되면 바로 끝냄',
  'maximum wait for the outcomes (default: until no row has been decided for 30s)':
    '결과를 기다리는 최대 시간 (기본값: 30초 동안 처리되는 행이 없을 때까지)',
  "write each row's outcome to this file (.csv, .tsv or .jsonl); with --dry-run, only the rows that can't be sent":
    '각 행의 결과를 쓸 파일(.csv, .tsv 또는 .jsonl). --dry-run과 함께 쓰면 보낼 수 없는 행만',
  "write each row's result to this file (.csv, .tsv or .jsonl)": '각 행의 처리 결과를 쓸 파일(.csv, .tsv 또는 .jsonl)',
  "send nothing; print the rows that can't be sent": '아무것도 보내지 않고, 보낼 수 없는 행만 출력',
  "the batch's name, or its id": '배치의 이름 또는 ID',
  'refresh every second: show a live screen on a terminal, or print one row per poll with -o jsonl, csv or tsv':
    '매초 다시 조회: 터미널에서는 실시간 화면을 보여 주고, -o jsonl, csv, tsv에서는 조회마다 한 행 출력',
  'start after this line (for the next page)': '이 줄 다음부터 출력 (다음 페이지용)',

  'View requests and their outcomes; cancel pending requests': '요청과 결과를 조회하고, 미처리 요청을 취소합니다',
  'Show a request with its outcome': '요청과 그 결과를 보여 줍니다',
  'List requests, newest first': '요청 목록을 최신순으로 보여 줍니다',
  "the request's key, or its id": '요청의 키 또는 ID',
  'only requests that were refused or failed with this code': '이 코드로 거부되거나 실패한 요청만',
  'only rows that were refused or failed with this code': '이 코드로 거부되거나 실패한 행만',
  'only requests recorded by this actor': '이 요청자가 기록한 요청만',
  'pending (with pending rows), incomplete (the file was not sent completely), done or cancelled':
    'pending(미처리 행이 있음), incomplete(파일을 끝까지 보내지 않음), done 또는 cancelled',
  'only requests of this batch (name or id)': '이 배치(이름 또는 ID)의 요청만',
  'only requests recorded at or after this time': '이 시각 이후에 기록된 요청만',
  'only requests recorded before this time': '이 시각 전에 기록된 요청만',

  'Report sales and points by day, month, product or user': '일, 월, 상품, 사용자별로 매출과 포인트를 집계합니다',
  'Report orders, refunds and the net amount by day, month, product or user':
    '일, 월, 상품, 사용자별로 주문, 환불, 순매출을 집계합니다',
  'Report the changes to all balances by day or month, with the points owed at the end of each period':
    '일별, 월별로 전체 잔액의 변동과 각 기간의 기말 잔액을 집계합니다',
  'day, month, product or user (required)': 'day, month, product 또는 user (필수)',
  'day or month (required)': 'day 또는 month (필수)',
  'start of the report (default: the report covers 30 days, or 12 months with --by month)':
    '집계의 시작 시각 (기본값: 30일을 집계하고, --by month이면 12개월을 집계)',
  'end of the report (default: now); if a date is given, the report ends before that day':
    '집계의 끝 시각 (기본값: 현재). 날짜를 쓰면 그 전날까지 집계',
  'maximum number of rows: the products or users with the highest net amounts (default: 20), or the newest days or months (default: all)':
    '최대 행 수: 순매출이 큰 상품이나 사용자(기본값: 20), 또는 최근의 날짜나 월(기본값: 전부)',

  'View who changed what': '누가 무엇을 바꾸었는지 조회합니다',
  'List changes and who made them, newest first': '변경 내역과 변경한 사람을 최신순으로 보여 줍니다',
  'only changes by this actor': '이 요청자가 바꾼 내역만',

  'View, pause and resume the queue; retry failed requests':
    '큐를 조회하고, 일시 정지하고, 재개합니다. 실패한 요청을 재시도합니다',
  'Show the number of requests by status, the workers and the batches under way':
    '상태별 요청 수, 워커, 진행 중인 배치를 보여 줍니다',
  'List requests that failed after three attempts, newest first, each with the reason':
    '세 번의 시도 후 실패한 요청을 사유와 함께 최신순으로 보여 줍니다',
  'Retry failed requests, with three new attempts each': '실패한 요청을 재시도합니다. 새로 세 번까지 시도합니다',
  'Pause the queue; requests are still recorded': '큐를 일시 정지합니다. 요청은 계속 기록됩니다',
  'Resume a paused queue': '일시 정지된 큐를 재개합니다',
  'only requests that failed at or after this time': '이 시각 이후에 실패한 요청만',
  'key or id of a failed request': '실패한 요청의 키 또는 ID',
  'retry all failed requests that match --code, --kind and --since, except those of cancelled batches':
    '--code, --kind, --since에 맞는 실패한 요청을 모두 재시도. 취소된 배치의 요청은 제외',
  'change nothing; print what would be retried': '아무것도 바꾸지 않고, 재시도할 요청만 출력',

  'Refresh the ranking of best sellers': '인기 상품 랭킹을 갱신합니다',
  'Compute the best sellers of the last three days for `shop product top`':
    '최근 3일간의 인기 상품을 계산하여 `shop product top`에 쓰도록 저장합니다',
  'maximum wait while another run computes the ranking (default: no wait)':
    '다른 실행이 랭킹을 계산하는 동안 기다리는 최대 시간 (기본값: 기다리지 않음)',

  'Run a worker that applies requests': '요청을 적용하는 워커를 실행합니다',
  'maximum number of active jobs (default: 100)': '동시에 처리하는 최대 작업 수 (기본값: 100)',
  'port for /metrics and /healthz; 0 chooses any free port (default: SHOP_METRICS_PORT, if it is set)':
    '/metrics와 /healthz를 제공할 포트. 0이면 빈 포트를 씀 (기본값: SHOP_METRICS_PORT가 설정되어 있으면 그 값)',
  'address for /metrics and /healthz (default: SHOP_METRICS_HOST, or 127.0.0.1)':
    '/metrics와 /healthz를 제공할 주소 (기본값: SHOP_METRICS_HOST 또는 127.0.0.1)',

  'Run commands at a prompt or from a file, over connections that stay open':
    '연결을 유지한 채 프롬프트나 파일에서 명령을 실행합니다',
  'continue after a failed command (if input is not a terminal)': '명령이 실패해도 계속함 (입력이 터미널이 아닐 때)',
  [`Lines are split into words as in a POSIX shell: '...', "...", \\ and # comments; a \\ at the end continues the line.
A leading \`shop\` is allowed. Pipes, redirections and command lists are not supported; variables are not expanded.
Commands inherit the global options of the shell, and can override them.

On a terminal, the shell continues after a failed command. Ctrl-C interrupts only the current command; \`exit\`,
\`quit\` or Ctrl-D leaves the shell with exit status 0. If input is not a terminal, the shell stops at the first failed
command and exits with the status of that command. With --keep-going, all commands run; the exit status is still that
of the first failed command. An interruption always ends the shell.`]: `각 줄은 POSIX 셸처럼 읽습니다: '...', "...", \\, # 주석. 줄 끝의 \\는 다음 줄로 이어집니다.
앞에 \`shop\`을 붙여도 됩니다. 파이프, 리다이렉션, 명령 목록은 쓸 수 없고, 변수는 치환하지 않습니다.
셸에 지정한 공통 옵션은 각 명령에도 적용되며, 명령에서 다시 지정할 수 있습니다.

터미널에서는 명령이 실패해도 셸이 계속됩니다. Ctrl-C는 현재 명령만 중단하고, \`exit\`, \`quit\`, Ctrl-D는 종료
코드 0으로 셸을 끝냅니다. 입력이 터미널이 아니면 명령이 처음 실패한 곳에서 그 명령의 종료 코드로 끝납니다.
--keep-going을 주면 모든 명령을 실행하며, 종료 코드는 역시 처음 실패한 명령의 것입니다. 중단 신호를 받으면
언제나 셸이 끝납니다.`,
  '`exit`, `quit` or Ctrl-D ends the shell.': '`exit`, `quit` 또는 Ctrl-D로 셸을 끝냅니다.',

  'Verify that no point, unit or order is lost or counted twice':
    '포인트, 재고, 주문이 하나도 사라지거나 두 번 계산되지 않았는지 검증합니다',
  'View the settings and their sources': '설정과 그 출처를 조회합니다',
  'Show all settings and where each value comes from': '모든 설정과 각 값의 출처를 보여 줍니다',
  'Passwords are shown as ***. Invalid values are left out; if there are any, the exit status is 78.':
    '비밀번호는 ***로 표시합니다. 잘못된 값은 표시하지 않으며, 하나라도 있으면 종료 코드는 78입니다.',
  'Check the servers, settings, clocks, schema and workers, and suggest fixes':
    '서버, 설정, 시계, 스키마, 워커를 점검하고 조치를 알려 줍니다',

  'Migrate the database and view its state': '데이터베이스를 마이그레이션하고 상태를 조회합니다',
  'Migrate the schema to the newest version': '스키마를 최신 버전으로 마이그레이션합니다',
  'Show applied and pending migrations, and schema drift':
    '적용된 마이그레이션, 남은 마이그레이션, 스키마의 차이를 보여 줍니다',
  'Revert the last migration and delete its data': '마지막 마이그레이션을 되돌리고 그 데이터를 삭제합니다',
  'Add sample users and products': '예제 사용자와 상품을 추가합니다',

  'Run private MySQL and Redis servers and a worker on this machine':
    '이 컴퓨터에서 전용 MySQL, Redis 서버와 워커를 실행합니다',
  'Start MySQL, Redis and a worker if they are not running, and migrate the schema':
    '실행 중이 아닌 MySQL, Redis, 워커를 시작하고 스키마를 마이그레이션합니다',
  'Stop the worker and the servers; data is kept': '워커와 서버를 중지합니다. 데이터는 유지됩니다',
  'Show the state of MySQL, Redis and the worker': 'MySQL, Redis, 워커의 상태를 보여 줍니다',
  'Stop the local environment and delete all its data': '로컬 환경을 중지하고 데이터를 전부 삭제합니다',
  'Show the last lines of the logs': '로그의 마지막 줄들을 보여 줍니다',
  'mysql, redis, worker (default: all)': 'mysql, redis, worker (기본값: 전부)',
  'number of lines to show of each log (default: 50)': '로그마다 출력할 줄 수 (기본값: 50)',

  'Print a shell completion script': '셸 자동 완성 스크립트를 출력합니다',
};
