import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { HasForm } from '../fields';
import type { Form } from '../forms';
import { Public } from './access';
import { isSubject } from './access-token';
import { DevTokenIssuer } from './dev-token-issuer';

const MOST_ROLES = 10;

const USER_ID: Form<string> = {
  sentence: {
    ko: '1~64자의 영문자, 숫자, . _ : @ -여야 합니다',
    en: 'must be 1 to 64 letters, digits or . _ : @ -',
  },
  accepts: isSubject,
};

const ROLES: Form<string[]> = {
  sentence: {
    ko: `이름 ${MOST_ROLES}개 이하의 목록이어야 합니다`,
    en: `must be a list of at most ${MOST_ROLES} names`,
  },
  accepts: (value): value is string[] => Array.isArray(value) && value.length <= MOST_ROLES && value.every(isSubject),
};

class IssueTokenRequest {
  @HasForm(USER_ID, { description: '토큰의 주인', example: 'kim' }, { type: 'string', minLength: 1, maxLength: 64 })
  readonly userId!: string;

  @HasForm(
    ROLES,
    { description: 'admin이면 /admin/*을 쓸 수 있습니다', example: ['admin'], optional: true },
    { type: 'array', items: { type: 'string' }, maxItems: MOST_ROLES },
  )
  readonly roles?: readonly string[];
}

class TokenResponse {
  @ApiProperty({
    description: 'Authorization 헤더에 Bearer와 함께 보낼 토큰',
    example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln',
  })
  readonly accessToken: string;

  @ApiProperty({ enum: ['Bearer'] })
  readonly tokenType = 'Bearer';

  @ApiProperty({ type: 'integer', description: '유효 시간(초)', example: DevTokenIssuer.lifetimeSeconds })
  readonly expiresIn = DevTokenIssuer.lifetimeSeconds;

  constructor(accessToken: string) {
    this.accessToken = accessToken;
  }
}

/** Part of the application only while tokens are made here. */
@ApiTags('auth')
@Controller('auth')
export class TokenController {
  constructor(private readonly issuer: DevTokenIssuer) {}

  @Post('token')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'issueToken',
    summary: '개발용 토큰 발급',
    description:
      '누구의 토큰이든 만들어 줍니다. `AUTH_MODE=dev`에서만 있습니다. 받은 토큰을 위의 Authorize에 넣으세요.',
  })
  @ApiOkResponse({ type: TokenResponse })
  async issue(@Body() { userId, roles = [] }: IssueTokenRequest): Promise<TokenResponse> {
    return new TokenResponse(await this.issuer.issue(userId, roles));
  }
}
