import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Admin } from '../http/auth/access';
import { Audit } from './audit';
import { AuditResponse } from './audit.response';

@ApiTags('admin')
@Admin()
@Controller('admin/audit')
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Get()
  @ApiOperation({
    operationId: 'runAudit',
    summary: '장부 감사',
    description:
      '잔액·재고·쿠폰·주문·결제가 지켜야 할 불변식을 한 시점의 데이터 전체에서 지금 검사합니다. 어긋난 것을 알릴 뿐 고치지 않으며, 어긋난 것이 있어도 200입니다.',
  })
  @ApiOkResponse({ type: AuditResponse })
  async run(): Promise<AuditResponse> {
    return new AuditResponse(await this.audit.run());
  }
}
