import { ApiProperty } from '@nestjs/swagger';
import type { AuditReport, AuditResult } from './audit';

export class AuditResultResponse implements AuditResult {
  @ApiProperty({ example: 'balance.sum' })
  readonly name!: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: '어긋난 행의 수. 정상이면 0', example: 0 })
  readonly violations!: number;

  @ApiProperty({
    type: 'array',
    maxItems: 5,
    items: { type: 'object', additionalProperties: true },
    description: '어긋난 행의 예',
    example: [],
  })
  readonly sample!: readonly object[];
}

export class AuditResponse {
  @ApiProperty({ description: '어긋난 것이 하나도 없으면 true', example: true })
  readonly ok: boolean;

  @ApiProperty({
    format: 'date-time',
    description: '모든 검사가 본 하나의 시점',
    example: '2026-11-22T14:17:02.364Z',
  })
  readonly checkedAt: string;

  @ApiProperty({ type: [AuditResultResponse] })
  readonly checks: readonly AuditResultResponse[];

  constructor({ ok, checkedAt, checks }: AuditReport) {
    this.ok = ok;
    this.checkedAt = checkedAt.toISOString();
    this.checks = checks;
  }
}
