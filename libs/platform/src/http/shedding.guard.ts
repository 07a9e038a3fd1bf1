import { type CanActivate, type ExecutionContext, Injectable, Logger, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { OverloadedException } from '../lanes/lane.exceptions';
import { EventLoopLoad } from './event-loop-load';

const SHED_FIRST = 'shed-first';

/** Marks a read that is refused while the process is too busy, so that orders and payments still get their turn. */
export function ShedFirst(): MethodDecorator {
  return SetMetadata(SHED_FIRST, true);
}

@Injectable()
export class SheddingGuard implements CanActivate {
  private readonly logger = new Logger(SheddingGuard.name);
  private isShedding = false;

  constructor(
    private readonly reflector: Reflector,
    private readonly load: EventLoopLoad,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    this.turn(this.load.isHigh);
    if (this.isShedding && this.reflector.get<boolean | undefined>(SHED_FIRST, context.getHandler())) {
      throw new OverloadedException();
    }
    return true;
  }

  /** Says each change once. */
  private turn(isShedding: boolean): void {
    if (isShedding === this.isShedding) return;
    this.isShedding = isShedding;
    if (isShedding) this.logger.warn('Too busy: reads that can wait are refused for now');
    else this.logger.log('No longer too busy');
  }
}
