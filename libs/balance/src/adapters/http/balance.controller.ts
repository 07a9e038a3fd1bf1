import { ApiPage, ApiProblems, CallerId, Customer, Idempotent, OwnAnswers, PageQuery } from '@app/platform';
import { Money, mapPage, type Page } from '@app/shared';
import { Body, Controller, Get, Optional, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BalanceService, type Charge } from '../../application/balance.service';
import { BalanceLimitExceededException, InvalidChargeAmountException } from '../../domain/balance.exceptions';
import { BalanceResponse, BalanceTransactionResponse, ChargeResponse } from './balance.responses';
import { ChargeBalanceRequest } from './charge-balance.request';

@ApiTags('balance')
@Customer()
@Controller('balance')
export class BalanceController {
  constructor(
    private readonly balances: BalanceService,
    // An operator's command serves nobody.
    @Optional() answers?: OwnAnswers,
  ) {
    answers?.serve('/balance', (userId) => this.show(userId));
  }

  @Get()
  @ApiOperation({ operationId: 'getBalance', summary: '잔액 조회', description: '충전한 적이 없으면 0원입니다.' })
  @ApiOkResponse({ type: BalanceResponse })
  async show(@CallerId() userId: string): Promise<BalanceResponse> {
    return { balance: (await this.balances.amountOf(userId)).won };
  }

  @Post('charges')
  @Idempotent()
  @ApiOperation({ operationId: 'chargeBalance', summary: '잔액 충전', description: '한 번에 1원부터 1천만 원까지.' })
  @ApiCreatedResponse({ type: ChargeResponse })
  @ApiProblems(new InvalidChargeAmountException(), new BalanceLimitExceededException())
  charge(@CallerId() userId: string, @Body() { amount }: ChargeBalanceRequest): Promise<Charge> {
    return this.balances.charge({ userId, amount: Money.of(amount) });
  }

  @Get('transactions')
  @ApiOperation({ operationId: 'listBalanceTransactions', summary: '잔액 변동 내역', description: '최신순입니다.' })
  @ApiPage(BalanceTransactionResponse)
  async transactions(@CallerId() userId: string, @Query() page: PageQuery): Promise<Page<BalanceTransactionResponse>> {
    return mapPage(await this.balances.transactionsOf(userId, page), (entry) => new BalanceTransactionResponse(entry));
  }
}
