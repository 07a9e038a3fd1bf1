import { IsIntBetween } from '@app/platform';

export class ChargeBalanceRequest {
  /** That zero and less are refused is a rule of the business, with its own code: only the form is checked here. */
  @IsIntBetween(Number.MIN_SAFE_INTEGER, 10_000_000, { description: '충전할 금액(원), 1 이상', example: 10_000 })
  readonly amount!: number;
}
