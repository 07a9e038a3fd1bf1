import { MIX, partAt } from '../../bench/load/mix';
import { type Answered, OpenLoop, type Sender } from '../../bench/load/open-loop';

const ARRIVALS = { rate: 1_000, warmUp: 0, duration: 100, patience: 1_000 };
const ACCEPTED: Answered = { class: 'read', isRefused: false };

/** Answers all that were asked, when told to. */
function heldBack(): { sender: Sender; release(): void } {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  return {
    sender: () =>
      new Promise((resolve) => {
        if (isOpen) resolve(ACCEPTED);
        else waiting.push(() => resolve(ACCEPTED));
      }),
    release: () => {
      isOpen = true;
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

describe('the open loop', () => {
  it('wants as many requests as the rate says, whatever becomes of them', async () => {
    const { wanted, unsent, classes } = await new OpenLoop(ARRIVALS, [async () => ACCEPTED]).run();

    // The first is due at once, and the look that ends it finds none that is due after the end.
    expect(wanted).toBeGreaterThan(90);
    expect(wanted).toBeLessThanOrEqual(100);
    expect(classes.read.accepted + unsent).toBe(wanted);
  });

  it('counts the wait for a connection into the latency', async () => {
    const { sender, release } = heldBack();
    setTimeout(release, 100);

    const { classes } = await new OpenLoop({ ...ARRIVALS, duration: 50 }, [sender]).run();

    // Due within the first 50 ms, answered after 100.
    expect(classes.read.acceptedP50).toBeGreaterThan(50);
  });

  it('gives up who finds no connection in time, and says so', async () => {
    const { sender, release } = heldBack();
    setTimeout(release, 150);

    const { wanted, unsent, classes } = await new OpenLoop({ ...ARRIVALS, patience: 10 }, [sender]).run();

    expect(unsent).toBeGreaterThan(0);
    expect(classes.read.accepted).toBe(wanted - unsent);
  });

  it('keeps refusals apart, by class', async () => {
    const senders = [async (): Promise<Answered> => ({ class: 'order', isRefused: true })];

    const { classes, arrived } = await new OpenLoop(ARRIVALS, senders).run();

    expect([classes.order.accepted, arrived.order, classes.payment.refused]).toEqual([0, 0, 0]);
    expect(classes.order.refused).toBeGreaterThan(0);
  });

  it('ends with what a sender fails with', async () => {
    const failing: Sender = () => Promise.reject(new Error('answered with 500'));

    await expect(new OpenLoop({ ...ARRIVALS, duration: 60_000 }, [failing]).run()).rejects.toThrow('500');
  });
});

describe('the mix', () => {
  it('is of a hundred requests, and each part has its share', () => {
    expect(MIX.reduce((sum, { share }) => sum + share, 0)).toBe(100);

    const drawn = Array.from({ length: 100 }, (_, i) => partAt(i / 100).work);

    expect(MIX.map(({ work }) => drawn.filter((other) => other === work).length)).toEqual(
      MIX.map(({ share }) => share),
    );
  });
});
