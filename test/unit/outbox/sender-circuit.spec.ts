import { Logger } from '@nestjs/common';
import {
  type Advice,
  DeliveryFailedException,
  EventSender,
  type OutgoingEvent,
} from '../../../libs/platform/src/outbox/event-sender';
import { NotSentException, SenderCircuit } from '../../../libs/platform/src/outbox/sender-circuit';

const PAUSE = 5_000;
const EVENT: OutgoingEvent = {
  id: '0199f0c2-6f7c-7b3e-9d54-0f6a1c2b3d4e',
  type: 'order.paid',
  payload: {},
  at: new Date(0),
  attempt: 1,
  attemptedAt: new Date(0),
};

/** A receiver that does as the test says, and counts what reached it. */
class Receiver extends EventSender {
  received = 0;
  answer: () => Promise<void> = async () => undefined;

  async send(): Promise<void> {
    this.received += 1;
    await this.answer();
  }

  fails(advice: Advice = {}): void {
    this.answer = () => Promise.reject(new DeliveryFailedException('no', advice));
  }

  works(): void {
    this.answer = async () => undefined;
  }
}

let receiver: Receiver;
let circuit: SenderCircuit;

beforeEach(() => {
  Logger.overrideLogger(false);
  jest.useFakeTimers();
  receiver = new Receiver();
  circuit = new SenderCircuit(receiver, PAUSE);
});

afterEach(() => jest.useRealTimers());

/** Sends that many, one after another, and tells how each ended. */
async function send(count = 1): Promise<string[]> {
  const ends: string[] = [];
  for (let i = 0; i < count; i += 1) {
    ends.push(
      await circuit.send(EVENT).then(
        () => 'delivered',
        (error: unknown) => (error instanceof NotSentException ? 'not sent' : 'failed'),
      ),
    );
  }
  return ends;
}

const isOpen = (): boolean => circuit.room(50) === 0;

describe('the circuit to a receiver that is away', () => {
  it('opens after five failures in a row, and nothing is sent meanwhile', async () => {
    receiver.fails();

    expect(await send(4)).toEqual(Array(4).fill('failed'));
    expect(circuit.room(50)).toBe(50);
    expect(await send(3)).toEqual(['failed', 'not sent', 'not sent']);

    expect(isOpen()).toBe(true);
    expect(receiver.received).toBe(5);
  });

  it('opens for a sender that breaks, too', async () => {
    receiver.answer = () => Promise.reject(new TypeError('a bug'));

    await send(5);

    expect(isOpen()).toBe(true);
  });

  it('begins to count anew with every delivery', async () => {
    receiver.fails();
    await send(4);
    receiver.works();
    await send(1);
    receiver.fails();
    await send(4);

    expect(isOpen()).toBe(false);
  });

  it('lets one event look after its pause, and opens for another pause when that one fails', async () => {
    receiver.fails();
    await send(5);

    jest.advanceTimersByTime(PAUSE - 1);
    expect(isOpen()).toBe(true);
    jest.advanceTimersByTime(1);
    expect(circuit.room(50)).toBe(1);
    expect(await send(2)).toEqual(['failed', 'not sent']);

    jest.advanceTimersByTime(PAUSE - 1);
    expect(await send(1)).toEqual(['not sent']);
    expect(receiver.received).toBe(6);
  });

  it('closes when the one that looks arrives', async () => {
    receiver.fails();
    await send(5);
    receiver.works();

    jest.advanceTimersByTime(PAUSE);

    expect(await send(3)).toEqual(Array(3).fill('delivered'));
    expect(circuit.room(50)).toBe(50);
  });

  it('looks after its pause also when the clock of this server was set back meanwhile', async () => {
    receiver.fails();
    await send(5);
    receiver.works();

    jest.setSystemTime(Date.now() - 600_000);
    jest.advanceTimersByTime(PAUSE);

    expect(await send(1)).toEqual(['delivered']);
  });

  it('says once that it opens and once that it closes', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn');
    const told = jest.spyOn(Logger.prototype, 'log');
    receiver.fails();
    await send(9);
    expect([warned.mock.calls.length, told.mock.calls.length]).toEqual([1, 0]);

    receiver.works();
    jest.advanceTimersByTime(PAUSE);
    await send(9);

    expect([warned.mock.calls.length, told.mock.calls.length]).toEqual([1, 1]);
    jest.restoreAllMocks();
  });
});

describe('the circuit to a receiver that refuses events', () => {
  it('stays closed: it is there', async () => {
    receiver.fails({ refused: true });

    expect(await send(20)).toEqual(Array(20).fill('failed'));

    expect(circuit.room(50)).toBe(50);
  });

  it('begins to count anew with a refusal', async () => {
    for (const advice of [{}, { refused: true }, {}]) {
      receiver.fails(advice);
      await send(4);
    }

    expect(isOpen()).toBe(false);
  });

  it('closes when the one that looks is refused', async () => {
    receiver.fails();
    await send(5);
    receiver.fails({ refused: true });

    jest.advanceTimersByTime(PAUSE);

    expect(await send(2)).toEqual(['failed', 'failed']);
    expect(circuit.room(50)).toBe(50);
  });
});
