import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from './auth/access';
import { Draining } from './draining';
import { type Health, ReadinessProbe } from './readiness-probe';

class LivenessResponse {
  @ApiProperty({ enum: ['ok'] })
  readonly status = 'ok';
}

class ReadinessResponse {
  @ApiProperty({ enum: ['ok', 'unavailable', 'draining'] })
  readonly status: 'ok' | 'unavailable' | 'draining';

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', enum: ['up', 'late', 'down'] },
    example: { database: 'up', migrations: 'up', durability: 'up', clock: 'up', ranking: 'up' },
  })
  readonly checks: Record<string, Health>;

  constructor(checks: Record<string, Health>, draining: boolean) {
    this.checks = checks;
    this.status = draining ? 'draining' : Object.values(checks).includes('down') ? 'unavailable' : 'ok';
  }
}

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly readiness: ReadinessProbe,
    private readonly draining: Draining,
  ) {}

  @Get('live')
  @Public()
  @ApiOperation({
    operationId: 'getLiveness',
    summary: '프로세스 상태',
    description: '프로세스가 살아 있으면 200입니다.',
  })
  @ApiOkResponse({ type: LivenessResponse })
  live(): LivenessResponse {
    return new LivenessResponse();
  }

  @Get('ready')
  @Public()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: '요청을 받을 준비',
    description:
      '데이터베이스가 답하고, 마이그레이션이 끝났고, 확정한 것을 잃지 않는 설정이고, 시계가 맞으면 200, ' +
      '아니면 무엇이 내려갔는지와 함께 503입니다. 종료 중에도 503입니다. ' +
      '두 번 넘게 걸러진 랭킹은 late로 알리며 200입니다.',
  })
  @ApiOkResponse({ type: ReadinessResponse })
  @ApiResponse({ status: 503, type: ReadinessResponse, description: '아직 또는 이제 준비되지 않음' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessResponse> {
    const response = new ReadinessResponse(await this.readiness.check(), this.draining.isOn);
    if (response.status !== 'ok') void reply.code(HttpStatus.SERVICE_UNAVAILABLE);
    return response;
  }
}
