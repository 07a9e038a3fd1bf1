import type { ExecutionContext } from '@nestjs/common';
import { perHandler } from '../../../libs/platform/src/http/per-handler';

abstract class Shelf {
  show(): void {}
}

class OpenShelf extends Shelf {}
class LockedShelf extends Shelf {}

const showing = (shelf: typeof OpenShelf | typeof LockedShelf): ExecutionContext =>
  ({ getClass: () => shelf, getHandler: () => shelf.prototype.show }) as unknown as ExecutionContext;

it('what decorators say is read once for a handler, and again for each class that inherits it', () => {
  const read: string[] = [];
  const nameOf = perHandler((context) => {
    read.push(context.getClass().name);
    return context.getClass().name;
  });

  const names = [OpenShelf, LockedShelf, OpenShelf, LockedShelf].map((shelf) => nameOf(showing(shelf)));

  expect(names).toEqual(['OpenShelf', 'LockedShelf', 'OpenShelf', 'LockedShelf']);
  expect(read).toEqual(['OpenShelf', 'LockedShelf']);
});
