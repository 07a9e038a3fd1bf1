import { UnitOfWork } from '@app/shared';

/** Runs the work at once; the fakes beside it have nothing to roll back. */
export class ImmediateUnitOfWork extends UnitOfWork {
  run<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  afterCommit(action: () => void): void {
    action();
  }
}
