import { randomUUID } from 'node:crypto';
import { type Command, CommandLanes, type Decide, type Lane, settle } from '@app/shared';

/** Runs each command at once, as a batch of one. */
export class ImmediateLanes extends CommandLanes {
  open<C extends Command, R>(_name: string, decide: Decide<C, R>): Lane<C, R> {
    return {
      submit: async (command) => {
        const [outcome] = await decide([{ ...command, key: randomUUID() }]);
        return settle(outcome!);
      },
    };
  }
}
