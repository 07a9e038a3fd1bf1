import type { ApiDescription } from '@app/platform';
import { version } from '../../../package.json';

const DESCRIPTION = `선착순 쿠폰과 재고를 정확하게 지키는 장터의 API.

1. \`POST /auth/token\`으로 토큰을 받아 **Authorize**에 넣습니다.
2. 잔액을 충전하고, 쿠폰을 받고, 주문하고, 결제합니다.

금액은 원 단위 정수, 시각은 UTC(RFC 3339)입니다. 오류는 모두 \`application/problem+json\`이며 \`code\`로 구분합니다.
\`(K)\`가 붙은 요청은 \`Idempotency-Key\`와 함께 다시 보내도 한 번만 실행됩니다.`;

/** How the documentation introduces the shop. */
export const API_DESCRIPTION: ApiDescription = {
  title: 'Jangteo (장터)',
  version,
  description: DESCRIPTION,
  /** In the order in which a shopper meets them. */
  tags: {
    auth: '개발용 토큰',
    product: '상품 조회',
    ranking: '인기 상품',
    balance: '잔액 조회와 충전',
    coupon: '선착순 쿠폰',
    order: '주문',
    payment: '결제와 환불',
    admin: '운영',
    health: '상태 확인',
  },
};
