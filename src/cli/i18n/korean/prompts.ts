/** Prompts: questions, choices, and inquirer's own texts. */
export const PROMPTS: Readonly<Record<string, string>> = {
  navigate: '이동',
  select: '선택',
  'No results found': '찾은 것이 없습니다',
  Yes: '예',
  No: '아니요',
  'You must answer with "{0}" or "{1}"': '"{0}"(y) 또는 "{1}"(n)로 답하십시오',
  'Interrupted. Nothing was done.': '중단되었습니다. 아무것도 하지 않았습니다.',
  'Run the command again to start over.': '처음부터 다시 하려면 명령을 다시 실행하십시오.',
  'Nothing was done.': '아무것도 하지 않았습니다.',
  'Nothing was sent.': '아무것도 보내지 않았습니다.',

  'Charge {0} points to {1} (balance {2} → {3})?': '{1}에게 {0}포인트를 충전할까요 (잔액 {2} → {3})?',
  'Add {0} to the stock of {1} ({2} → {3})?': '{1}의 재고를 {0}만큼 늘릴까요 ({2} → {3})?',
  'Adjust the balance of {0} by {1} ({2} → {3})?': '{0}의 잔액을 {1}만큼 조정할까요 ({2} → {3})?',
  'Adjust the stock of {0} by {1} ({2} → {3})?': '{0}의 재고를 {1}만큼 조정할까요 ({2} → {3})?',
  'Cancel this order and refund {0} points (balance {1} → {2})?':
    '이 주문을 취소하고 {0}포인트를 환불할까요 (잔액 {1} → {2})?',
  'Cancel this request?': '이 요청을 취소할까요?',
  'Cancel batch {0}? Pending rows: {1}.': '배치 {0}을/를 취소할까요? 미처리 행: {1}개.',
  'If sent now, the request would be refused.': '지금 보내면 요청이 거부됩니다.',
  'Return these units and refund {0} points (balance {1} → {2})?':
    '이 수량을 반품하고 {0}포인트를 환불할까요 (잔액 {1} → {2})?',
  'Return these units without restocking them, and refund {0} points (balance {1} → {2})?':
    '이 수량을 재고에 넣지 않고 반품하여 {0}포인트를 환불할까요 (잔액 {1} → {2})?',
  'No returnable product in this order matches this name or id.':
    '이 주문에서 반품할 수 있는 상품 중 이름이나 ID가 일치하는 상품이 없습니다.',
  'Send this order?': '이 주문을 보낼까요?',
  'Revert {0}? Rows that lose data: {1}.': '{0}을/를 되돌릴까요? 데이터를 잃는 행: {1}개.',
  'Delete the local environment in {0} with all its data?': '{0}의 로컬 환경을 모든 데이터와 함께 삭제할까요?',
  'Retry the failed request?': '실패한 요청 1건을 재시도할까요?',
  'Retry the {0} failed requests?': '실패한 요청 {0}건을 재시도할까요?',

  'id, @reference or part of the name': 'ID, @참조 또는 이름의 일부',
  'id or part of the name': 'ID 또는 이름의 일부',
  'user (id, @reference or part of the name)': '사용자 (ID, @참조 또는 이름의 일부)',
  'product ({0})': '상품 ({0})',
  'another product (Enter to finish)': '상품 더 고르기 (Enter: 완료)',
  'quantity of {0}': '{0}의 수량',
  '({0} chosen)': '({0}개 선택)',
  'No more products': '선택 완료',
  'no more': '완료',
  "order (one of the newest, an id, or part of the user's name)": '주문 (최근 것 중에서, ID, 또는 사용자 이름의 일부)',
  'batch (one of the newest, or a name or id)': '배치 (최근 것 중에서, 또는 이름이나 ID)',
  'request (one of the newest, or a key or id)': '요청 (최근 것 중에서, 또는 키나 ID)',
  'Nothing matches this text.': '일치하는 항목이 없습니다.',
  'There is nothing to choose from.': '선택할 항목이 없습니다.',
  'Not all matches are shown; type more to narrow the search.':
    '모두 보여 주지 않았습니다. 더 입력하여 범위를 좁히십시오.',
  'Only the newest entries were searched; find older entries by id or @reference.':
    '최근 항목만 찾았습니다. 오래된 항목은 ID나 @참조로 찾을 수 있습니다.',
  'reference (Enter for none)': '참조 (Enter: 없음)',
  'There are no users to block.': '차단할 사용자가 없습니다.',
  'There are no blocked users.': '차단된 사용자가 없습니다.',
  'There are no products on sale.': '판매 중인 상품이 없습니다.',
  'There are no retired products.': '판매를 종료한 상품이 없습니다.',
  'No unblocked user matches this name, id or @reference.':
    '차단되지 않은 사용자 중에 이름, ID, @참조가 일치하는 사용자가 없습니다.',
  'No blocked user matches this name, id or @reference.':
    '차단된 사용자 중에 이름, ID, @참조가 일치하는 사용자가 없습니다.',
  'No product on sale matches this name, id or @reference.':
    '판매 중인 상품 중에 이름, ID, @참조가 일치하는 상품이 없습니다.',
  'No retired product matches this name, id or @reference.':
    '판매를 종료한 상품 중에 이름, ID, @참조가 일치하는 상품이 없습니다.',
  'There are no users yet.': '아직 사용자가 없습니다.',
  'There are no products yet.': '아직 상품이 없습니다.',
  'No user matches this name, id or @reference.': '이름, ID, @참조가 일치하는 사용자가 없습니다.',
  'No product matches this name, id or @reference.': '이름, ID, @참조가 일치하는 상품이 없습니다.',
  'No product in the cart matches this name or id.': '장바구니에 이름이나 ID가 일치하는 상품이 없습니다.',
};
