import type { ApiDescription, Env } from '@app/platform';
import { version } from '../../../package.json';

const describe = (tokens: string): string => `선착순 쿠폰과 재고를 정확하게 지키는 장터의 API.

1. ${tokens} 받은 토큰을 **Authorize**에 넣습니다.
2. 잔액을 충전하고, 쿠폰을 받고, 주문하고, 결제합니다.

금액은 원 단위 정수, 시각은 UTC(RFC 3339)입니다. 오류는 모두 \`application/problem+json\`이며 \`code\`로 구분합니다.
\`Idempotency-Key\`를 받는 요청은 같은 키로 다시 보내도 한 번만 실행됩니다.`;

/** How the documentation introduces the shop. Only developers can have a token made here. */
export function apiDescription({ AUTH_MODE }: Pick<Env, 'AUTH_MODE'>): ApiDescription {
  const isDev = AUTH_MODE === 'dev';
  return {
    title: 'Jangteo (장터)',
    version,
    description: describe(isDev ? '`POST /auth/token`으로' : '토큰 발급자에게서'),
    tokens: isDev ? 'POST /auth/token이 준 accessToken' : '토큰 발급자가 준 access token',
    /** In the order in which a shopper meets them. */
    tags: {
      ...(isDev && { auth: '개발용 토큰' }),
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
}
