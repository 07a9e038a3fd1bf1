import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BalanceController } from './adapters/http/balance.controller';
import { BalanceRow } from './adapters/persistence/balance.row';
import { TypeOrmBalanceRepository } from './adapters/persistence/typeorm-balance.repository';
import { BalanceService } from './application/balance.service';
import { BalanceRepository } from './application/ports/balance.repository';
import { BalanceLedger } from './application/ports/balance-ledger';

@Module({
  imports: [TypeOrmModule.forFeature([BalanceRow])],
  controllers: [BalanceController],
  providers: [
    BalanceService,
    { provide: BalanceRepository, useClass: TypeOrmBalanceRepository },
    { provide: BalanceLedger, useExisting: BalanceService },
  ],
  exports: [BalanceLedger],
})
export class BalanceModule {}
