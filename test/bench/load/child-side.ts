import type { Watch } from './closed-loop';

/** What the bench says to a load generator, and what it hears. */
export type Told<Order> = { readonly order: Order };
export type Heard<Answer> =
  | { readonly ready: true }
  | { readonly moment: 'began' | 'ended' }
  | { readonly answer: Answer }
  | { readonly error: string };

/** Does one order after the other, for as long as the bench lives. */
export function serve<Order, Answer>(work: (order: Order, watch: Watch) => Promise<Answer>): void {
  const say = (word: Heard<Answer>): void => void process.send?.(word);
  const watch: Watch = { began: () => say({ moment: 'began' }), ended: () => say({ moment: 'ended' }) };
  process.on('message', ({ order }: Told<Order>) => {
    work(order, watch).then(
      (answer) => say({ answer }),
      (error: unknown) => say({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
  say({ ready: true });
}
