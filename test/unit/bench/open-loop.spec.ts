import { MIX, partAt } from '../../bench/load/mix';
import { type Answered, type Arrivals, OpenLoop, type OpenResult, type Sender } from '../../bench/load/open-loop';

const ARRIVALS = { rate: 1_000, warmUp: 0, duration: 100, patience: 1_000 };
const ACCEPTED: Answered = { class: 'read', isRefused: false };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

async function resultOf(arrivals: Arrivals, senders: readonly Sender[]): Promise<OpenResult> {
  const running = new OpenLoop(arrivals, senders).run();
  await jest.advanceTimersByTimeAsync(2_000);
  return running;
}

/** Whose first answer takes so many milliseconds, and who then is as fast as can be. */
function slowAtFirst(milliseconds: number): Sender {
  let first = true;
  return async () => {
    if (first) await new Promise((resolve) => setTimeout(resolve, milliseconds));
    first = false;
    return ACCEPTED;
  };
}

describe('the open loop', () => {
  it('wants as many requests as the rate says, whatever becomes of them', async () => {
    const { wanted, unsent, classes } = await resultOf(ARRIVALS, [async () => ACCEPTED]);

    expect([wanted, unsent, classes.read.accepted]).toEqual([100, 0, 100]);
  });

  it('counts nothing of the warm-up', async () => {
    const { wanted, arrived } = await resultOf({ ...ARRIVALS, warmUp: 50 }, [async () => ACCEPTED]);

    expect([wanted, arrived.read]).toEqual([100, 100]);
  });

  it('counts the wait for a connection into the latency', async () => {
    const { classes } = await resultOf(ARRIVALS, [slowAtFirst(200)]);

    // The first is due at 0 and the last at 99, and all are answered at 200 or a little later.
    expect(classes.read.acceptedP50).toBeGreaterThan(140);
    expect(classes.read.acceptedP50).toBeLessThan(160);
  });

  it('gives up who finds no connection in time, and says so', async () => {
    const { wanted, unsent, classes } = await resultOf({ ...ARRIVALS, patience: 20 }, [slowAtFirst(90)]);

    expect(unsent).toBeGreaterThan(50);
    expect(classes.read.accepted).toBe(wanted - unsent);
  });

  it('keeps refusals apart, by class', async () => {
    const { classes, arrived } = await resultOf(ARRIVALS, [async () => ({ class: 'order', isRefused: true })]);

    expect(classes.order).toMatchObject({ accepted: 0, refused: 100 });
    expect([arrived.order, classes.payment.refused]).toEqual([0, 0]);
  });

  it('ends with what a sender fails with', async () => {
    const failing: Sender = () => Promise.reject(new Error('answered with 500'));

    const running = expect(new OpenLoop(ARRIVALS, [failing]).run()).rejects.toThrow('500');
    await jest.advanceTimersByTimeAsync(10);

    await running;
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
