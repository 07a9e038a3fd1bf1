import type { PageRequest } from '@app/shared';
import { IsIntInQuery, IsText } from './fields';

/** The query of every list; a list with filters extends it. */
export class PageQuery implements PageRequest {
  @IsIntInQuery(1, 100, { description: '한 쪽에 담을 개수', default: 20, example: 20, optional: true })
  readonly limit: number = 20;

  /** Two hundred characters of a name take up to 1,700. */
  @IsText(1, 2_000, { description: '앞 쪽의 nextCursor. 없으면 처음부터', optional: true })
  readonly cursor?: string;
}
