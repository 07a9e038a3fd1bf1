import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { completed } from './openapi-document';
import { Problem } from './problem';

/** In the order in which a shopper meets them. */
const TAGS = [
  ['auth', '개발용 토큰'],
  ['product', '상품 조회'],
  ['ranking', '인기 상품'],
  ['balance', '잔액 조회와 충전'],
  ['coupon', '선착순 쿠폰'],
  ['order', '주문'],
  ['payment', '결제와 환불'],
  ['admin', '운영'],
  ['health', '상태 확인'],
] as const;

const DESCRIPTION = `선착순 쿠폰과 재고를 정확하게 지키는 장터의 API.

1. \`POST /auth/token\`으로 토큰을 받아 **Authorize**에 넣습니다.
2. 잔액을 충전하고, 쿠폰을 받고, 주문하고, 결제합니다.

금액은 원 단위 정수, 시각은 UTC(RFC 3339)입니다. 오류는 모두 \`application/problem+json\`이며 \`code\`로 구분합니다.
\`(K)\`가 붙은 요청은 \`Idempotency-Key\`와 함께 다시 보내도 한 번만 실행됩니다.`;

/** The document that `/docs-json` serves. */
export function openApiDocument(app: NestFastifyApplication, version: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Jangteo (장터)')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'POST /auth/token이 준 accessToken',
    });
  for (const [name, description] of TAGS) builder.addTag(name, description);
  return completed(SwaggerModule.createDocument(app, builder.build(), { extraModels: [Problem] }));
}

/** Serves the documentation at `/docs`, `/docs-json` and `/docs-yaml`, with every asset from this server. */
export function setupSwagger(app: NestFastifyApplication, version: string): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app, version), {
    customSiteTitle: 'Jangteo API',
    swaggerOptions: {
      persistAuthorization: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      deepLinking: true,
      filter: true,
      docExpansion: 'list',
    },
  });
}
