/**
 * Names of columns in other programs, or words in these names, by kind of file. Errors use them to suggest a `--map`.
 */
export const FOREIGN_COLUMNS = {
  batch: {
    kind: ['종류'],
    user: [
      ...['customer id', 'customer no', 'customer number', 'member id', 'member no', 'customer', 'member'],
      ...['고객번호', '회원번호', '회원', '고객'],
    ],
    items: ['basket'],
    amount: ['points', '금액', '적립금'],
    product: ['sku', 'item no', 'item number', '상품코드', '상품번호'],
    quantity: ['qty', '수량'],
    // if an order has several rows, the second one is refused because its key is repeated
    key: ['키'],
    reason: ['note', 'notes', 'memo', 'remark', 'remarks', '사유', '비고', '메모'],
  },
  user: {
    reference: [
      ...['customer id', 'customer no', 'customer number', 'member id', 'member no', '고객번호', '회원번호'],
      ...['sku', 'code', 'id', 'email', '아이디', '참조'],
    ],
    name: ['이름', '회원명', '고객명'],
  },
  product: {
    reference: [
      ...['sku', 'code', 'barcode', 'handle', 'item no', 'item number', 'product no', 'product number', 'id'],
      ...['자체 상품코드', '상품코드', '상품번호', '품번', '참조'],
    ],
    // a file with a name may have a longer description, too
    name: ['title', '상품명', '품명', '이름', 'name', 'description'],
    price: ['regular price', 'variant price', '판매가', '가격'],
    stock: ['qty', 'quantity', '재고', '재고수량'],
  },
} as const;
