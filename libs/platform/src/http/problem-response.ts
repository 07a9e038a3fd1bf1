import type { DomainException } from '@app/shared';
import { getSchemaPath } from '@nestjs/swagger';
import { headersOf, Problem, toProblem } from './problem';

export interface ProblemResponse {
  description: string;
  content: Record<string, { schema: { $ref: string }; examples: Record<string, { summary: string; value: Problem }> }>;
  headers?: Record<string, { description: string; schema: { type: string } }>;
}

export const PROBLEM_JSON = 'application/problem+json';

const SAMPLE = { requestId: '0199f0c2-6f7c-7b3e-9d54-0f6a1c2b3d4e', language: 'ko' } as const;

/** The OpenAPI response of problems that share a status. */
export function problemResponse(samples: readonly DomainException[], instance = '/orders'): ProblemResponse {
  const examples = samples.map((sample) => [
    sample.code,
    { summary: sample.sentence.ko, value: toProblem(sample, SAMPLE, instance) },
  ]);
  const waits = samples.some((sample) => 'retry-after' in headersOf(sample, 'ko'));
  return {
    description: samples.map(({ code }) => code).join(', '),
    content: { [PROBLEM_JSON]: { schema: { $ref: getSchemaPath(Problem) }, examples: Object.fromEntries(examples) } },
    ...(waits && {
      headers: { 'Retry-After': { description: '다시 시도하기까지의 초', schema: { type: 'integer' } } },
    }),
  };
}
