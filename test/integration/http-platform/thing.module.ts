import { setTimeout as sleep } from 'node:timers/promises';
import { DomainException, shareWhile } from '@app/shared';
import { Body, Controller, Get, Global, HttpCode, Module, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation } from '@nestjs/swagger';
import { DependencyUnavailableException } from '../../../libs/platform/src/database/failures';
import { ApiPage } from '../../../libs/platform/src/http/api-page';
import { ApiProblems } from '../../../libs/platform/src/http/api-problems';
import { Admin, CallerId, Customer, Public } from '../../../libs/platform/src/http/auth/access';
import { CreatedAt } from '../../../libs/platform/src/http/created-at';
import { IsId, IsIntBetween, IsListOf, IsText, IsWon } from '../../../libs/platform/src/http/fields';
import { IdParam } from '../../../libs/platform/src/http/id.pipe';
import { Idempotent } from '../../../libs/platform/src/http/idempotency.guard';
import { PageQuery } from '../../../libs/platform/src/http/page.query';
import { type Health, ReadinessProbe } from '../../../libs/platform/src/http/readiness-probe';
import { requestContext } from '../../../libs/platform/src/http/request-context';

class OutOfThingsException extends DomainException {
  constructor() {
    super('conflict', 'OUT_OF_THINGS', { ko: '물건이 부족합니다', en: 'Out of things' }, { left: 0 });
  }
}

class LineRequest {
  @IsId()
  readonly optionId!: string;

  @IsIntBetween(1, 1_000)
  readonly quantity!: number;
}

class ThingRequest {
  @IsWon({ min: 1, max: 10_000_000 }, { example: 10_000 })
  readonly amount!: number;

  @IsText(1, 200, { optional: true })
  readonly name?: string;

  @IsListOf(() => LineRequest, { min: 1, max: 50 }, { optional: true })
  readonly lines?: readonly LineRequest[];
}

class ThingResponse {
  readonly id!: string;
}

/** Of a thing; no other is known. */
export const id = '0199f0c2-6f7c-7b3e-9d54-0f6a1c2b3d4e';

/** Whether what was shared last may be given again, and how often it was made. */
export const sharing = { isCurrent: true, times: 0 };

function share(name: string): object {
  sharing.times += 1;
  const value = { name, made: sharing.times };
  shareWhile(value, () => sharing.isCurrent);
  return value;
}

@Controller('things')
class ThingController {
  @Post()
  @Customer()
  @Idempotent()
  @CreatedAt<{ id: string }>((thing) => `/things/${thing.id}`)
  @ApiOperation({ operationId: 'createThing', summary: 'a thing' })
  @ApiCreatedResponse({ type: ThingResponse })
  @ApiProblems(new OutOfThingsException())
  create(@CallerId() userId: string, @Body() thing: ThingRequest): object {
    const context = requestContext.getStore();
    if (thing.name === 'replay' && context) context.replayOf = 'first-request';
    if (thing.name === 'none left') throw new OutOfThingsException();
    return { id, userId, thing, key: context?.idempotency?.key, fingerprint: context?.idempotency?.fingerprint };
  }

  @Get()
  @Public()
  @ApiPage(ThingResponse)
  list(@Query() { limit }: PageQuery): object {
    return { items: [], nextCursor: null, limit };
  }

  @Get('broken')
  @Public()
  broken(): never {
    throw new Error('select * from secret');
  }

  @Get('away')
  @Public()
  away(): never {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
  }

  @Get('full')
  @Public()
  full(): never {
    throw Object.assign(new Error('too many connections for role "shop"'), { code: '53300' });
  }

  @Get('no-keys')
  @Public()
  noKeys(): never {
    throw new DependencyUnavailableException(new Error('no keys at 10.0.0.8'));
  }

  @Get('unreadable')
  @Public()
  unreadable(): never {
    throw Object.assign(new Error('invalid input syntax for type uuid: "x"'), { code: '22P02' });
  }

  @Get('refused')
  @Public()
  refused(): never {
    throw new DependencyUnavailableException();
  }

  @Get('slow')
  @Public()
  async slow(): Promise<object> {
    await sleep(300);
    return { done: true };
  }

  @Get('shared')
  @Public()
  shared(@Query() _: PageQuery): object {
    return share('public');
  }

  @Get('shared-with-customers')
  @Customer()
  sharedWithCustomers(): object {
    return share('customers');
  }

  @Get('forgotten')
  forgotten(): object {
    return {};
  }

  @Get(':thingId')
  @Customer()
  show(@IdParam('thingId') thingId: string): object {
    return { id: thingId };
  }

  @Post(':thingId/close')
  @HttpCode(200)
  @Admin()
  close(@IdParam('thingId') thingId: string): object {
    return { id: thingId };
  }
}

/** What the readiness probe finds. */
export const health: Record<string, Health> = { database: 'up' };

@Global()
@Module({
  controllers: [ThingController],
  providers: [{ provide: ReadinessProbe, useValue: { check: async () => health } }],
  exports: [ReadinessProbe],
})
export class ThingModule {}
