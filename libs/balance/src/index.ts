export { BALANCE_CHECKS } from './adapters/persistence/balance.checks';
export { BalanceService } from './application/balance.service';
export { BalanceLedger } from './application/ports/balance-ledger';
export { BalanceModule } from './balance.module';
export { Balance } from './domain/balance';
export { BalanceLimitExceededException, InsufficientBalanceException } from './domain/balance.exceptions';
