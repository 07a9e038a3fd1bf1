import type { DomainException } from '@app/shared';
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse } from '@nestjs/swagger';
import { Problem, statusOf } from './problem';
import { problemResponse } from './problem-response';

/** Documents the problems that a route can answer, an example for each, made by the code that answers them. */
export function ApiProblems(...samples: readonly DomainException[]): ClassDecorator & MethodDecorator {
  const responses = [...new Set(samples.map(statusOf))].map((status) =>
    ApiResponse({ status, ...problemResponse(samples.filter((sample) => statusOf(sample) === status)) }),
  );
  return applyDecorators(ApiExtraModels(Problem), ...responses);
}
