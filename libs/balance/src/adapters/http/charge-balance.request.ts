import { type Form, HasForm } from '@app/platform';

const MOST = 10_000_000;

/** That zero and less are refused is a rule of the business, with its own code: only the form is checked here. */
const AMOUNT: Form<number> = {
  sentence: { ko: '10,000,000 이하의 정수여야 합니다', en: 'must be an integer of at most 10,000,000' },
  accepts: (value): value is number => Number.isSafeInteger(value) && Number(value) <= MOST,
};

export class ChargeBalanceRequest {
  @HasForm(
    AMOUNT,
    { description: '충전할 금액(원)', example: 10_000 },
    { type: 'integer', format: 'int64', minimum: 1, maximum: MOST },
  )
  readonly amount!: number;
}
