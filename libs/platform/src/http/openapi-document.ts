import { type DomainException, ValidationFailedException } from '@app/shared';
import type { OpenAPIObject } from '@nestjs/swagger';
import { DependencyUnavailableException } from '../database/failures';
import {
  IdempotencyKeyReusedException,
  OverloadedException,
  RequestInProgressException,
} from '../lanes/lane.exceptions';
import {
  InternalException,
  PayloadTooLargeException,
  RateLimitedException,
  UnsupportedMediaTypeException,
} from './http.exceptions';
import { statusOf } from './problem';
import { PROBLEM_JSON, type ProblemResponse, problemResponse } from './problem-response';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & {
  'x-idempotent'?: boolean;
  'x-created-at'?: boolean;
};

const METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;
const WRITES: readonly string[] = ['post', 'patch', 'put', 'delete'];

const HEADERS = {
  RequestId: { description: '요청의 id. 보낸 X-Request-Id가 쓸 만하면 그대로', schema: { type: 'string' } },
  Replayed: { description: '저장해 둔 첫 응답이면 true', schema: { type: 'string', enum: ['true'] } },
  Location: {
    description: '만들어진 것을 다시 읽을 수 있는 주소',
    schema: { type: 'string', format: 'uri-reference' },
  },
};

/** Adds to a document what holds for every operation, so that no controller has to repeat it. */
export function completed(document: OpenAPIObject): OpenAPIObject {
  document.components = { ...document.components, headers: HEADERS as never };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (operation !== undefined) complete(operation, method, path);
    }
  }
  for (const schema of requestSchemas(document)) schema.additionalProperties = false;
  return document;
}

function complete(operation: Operation, method: string, path: string): void {
  for (const parameter of operation.parameters ?? []) {
    if ('in' in parameter && parameter.in === 'path') parameter.schema = { type: 'string', format: 'uuid' };
  }
  operation.security ??= [];
  for (const problem of reachable(operation, method)) addProblem(operation, problem, path);
  addHeaders(operation);
}

function reachable(operation: Operation, method: string): DomainException[] {
  const isOpen = operation.security?.length === 0;
  const isWrite = WRITES.includes(method);
  return [
    SAMPLES.invalid,
    ...(isWrite ? [SAMPLES.tooLarge, SAMPLES.notJson] : []),
    ...(isWrite && !isOpen ? [SAMPLES.tooMany] : []),
    ...(operation['x-idempotent'] ? [SAMPLES.keyReused, SAMPLES.inProgress] : []),
    SAMPLES.internal,
    SAMPLES.overloaded,
    SAMPLES.unavailable,
  ];
}

const SAMPLES = {
  invalid: new ValidationFailedException([
    { field: 'limit', message: { ko: '1 이상 100 이하의 정수여야 합니다', en: 'must be an integer from 1 to 100' } },
  ]),
  tooLarge: new PayloadTooLargeException(),
  notJson: new UnsupportedMediaTypeException(),
  tooMany: new RateLimitedException(1),
  keyReused: new IdempotencyKeyReusedException(),
  inProgress: new RequestInProgressException(),
  internal: new InternalException(),
  overloaded: new OverloadedException(),
  unavailable: new DependencyUnavailableException(),
};

/** Beside the problems that the route documents itself for the same status. */
function addProblem({ responses }: Operation, problem: DomainException, path: string): void {
  const status = String(statusOf(problem));
  const added = problemResponse([problem], path);
  const own = responses[status] as ProblemResponse | undefined;
  const examples = own?.content?.[PROBLEM_JSON]?.examples ?? {};
  if (problem.code in examples) return;

  const [media] = Object.values(added.content);
  const merged = { ...media, examples: { ...examples, ...media?.examples } };
  const description = own?.description ? `${own.description}, ${problem.code}` : problem.code;
  responses[status] = { ...added, ...own, description, content: { ...own?.content, [PROBLEM_JSON]: merged } } as never;
}

function addHeaders(operation: Operation): void {
  const { 'x-idempotent': idempotent, 'x-created-at': created } = operation;
  delete operation['x-idempotent'];
  delete operation['x-created-at'];
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response === undefined || '$ref' in response) continue;
    response.headers = {
      ...response.headers,
      'X-Request-Id': header('RequestId'),
      ...(idempotent && { 'Idempotent-Replayed': header('Replayed') }),
      ...(created && status === '201' && { Location: header('Location') }),
    };
  }
}

/** The schemas of request bodies, of their lists too: fields that are not in them are refused. */
function requestSchemas(document: OpenAPIObject): { additionalProperties?: unknown }[] {
  const schemas: Record<string, object> = document.components?.schemas ?? {};
  const named = new Set<string>();
  const collect = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (named.has(name)) continue;
      named.add(name);
      collect(schemas[name]);
    }
  };
  for (const item of Object.values(document.paths)) {
    for (const method of METHODS) collect(item[method]?.requestBody);
  }
  return [...named].flatMap((name) => schemas[name] ?? []);
}

function header(name: keyof typeof HEADERS): { $ref: string } {
  return { $ref: `#/components/headers/${name}` };
}
