import { ValidationFailedException } from '@app/shared';
import { Injectable, Param, type PipeTransform } from '@nestjs/common';
import { ID } from './forms';

/** A UUID in the path, in lower case; anything else is malformed, and no database is asked. */
@Injectable()
class IdPipe implements PipeTransform<string, string> {
  constructor(private readonly name: string) {}

  transform(value: string): string {
    const id = value.toLowerCase();
    if (!ID.accepts(id)) throw ValidationFailedException.of(this.name, ID.sentence);
    return id;
  }
}

/** `@IdParam('orderId') orderId: string` */
export function IdParam(name: string): ParameterDecorator {
  return Param(name, new IdPipe(name));
}
