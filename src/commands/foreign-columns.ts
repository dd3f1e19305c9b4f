/**
 * Names of columns in other programs, or words in these names, by kind of file. Errors use them to suggest a `--map`.
 */
export const FOREIGN_COLUMNS = {
  batch: {
    kind: ['종류'],
    user: ['customer', 'member', '회원', '고객'],
    items: ['basket'],
    amount: ['points', '금액', '적립금'],
    product: ['sku', '상품코드'],
    quantity: ['qty', '수량'],
  },
  user: {
    reference: ['sku', 'code', 'id', 'email', '아이디', '참조'],
    name: ['이름', '회원명', '고객명'],
  },
  product: {
    reference: ['sku', 'code', 'barcode', 'handle', 'id', '자체 상품코드', '상품코드', '참조'],
    name: ['title', '상품명', '이름'],
    price: ['regular price', 'variant price', '판매가', '가격'],
    stock: ['qty', 'quantity', '재고', '재고수량'],
  },
} as const;
