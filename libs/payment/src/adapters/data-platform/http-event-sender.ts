import { type Advice, DeliveryFailedException, EventSender, type OutgoingEvent } from '@app/platform';
import { Webhook } from 'standardwebhooks';

const TIMEOUT = 3_000;
const LONGEST_ANSWER = 64 * 1_024;
const GONE = 410;
/** Of the 4xx, those that speak of the receiver and not of the event. */
const NOT_NOW: readonly number[] = [401, 403, 404, 408, 429];

/** The data platform over HTTP, signed as Standard Webhooks say. */
export class HttpEventSender extends EventSender {
  private readonly webhook: Webhook;

  /** `timeout`: milliseconds for the whole exchange. */
  constructor(
    private readonly url: string,
    secret: string,
    private readonly timeout = TIMEOUT,
  ) {
    super();
    this.webhook = new Webhook(secret);
  }

  async send(event: OutgoingEvent): Promise<void> {
    const response = await this.post(event);
    await discard(response);
    if (!response.ok) throw new DeliveryFailedException(`status ${response.status}`, adviceOf(response));
  }

  private async post({ id, type, payload, at, attemptedAt }: OutgoingEvent): Promise<Response> {
    // Of the event alone, so that every attempt sends the same bytes; the time of the attempt is in the headers.
    const body = JSON.stringify({ type, timestamp: at.toISOString(), data: payload });
    try {
      return await fetch(this.url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.timeout(this.timeout),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'jangteo',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(attemptedAt.getTime() / 1_000)),
          'webhook-signature': this.webhook.sign(id, attemptedAt, body),
        },
        body,
      });
    } catch (error) {
      throw new DeliveryFailedException(this.reasonOf(error));
    }
  }

  /** A code, never a message: those of fetch may hold the address with what is secret in it. */
  private reasonOf(error: unknown): string {
    const { name, cause } = error as Error;
    if (name === 'TimeoutError') return `no answer within ${this.timeout} ms`;
    const { code, name: kind } = (cause ?? {}) as { code?: unknown; name?: unknown };
    // Has a code in some versions of Node and none in others.
    if (kind === 'HTTPParserError') return 'the answer was not HTTP';
    return typeof code === 'string' ? `no answer: ${code}` : 'no answer';
  }
}

/** Reads a short answer to its end, so that the connection can be used again, and hangs up on a long one. */
async function discard({ body }: Response): Promise<void> {
  if (!body) return;
  let length = 0;
  try {
    for await (const chunk of body) {
      length += chunk.byteLength;
      if (length > LONGEST_ANSWER) return; // leaving the loop cancels the rest
    }
  } catch {
    // The status has said it all; that the rest did not arrive changes nothing.
  }
}

function adviceOf({ status, headers }: Response): Advice {
  const retryAfterSeconds = secondsUntil(headers.get('retry-after') ?? '');
  const refused = status >= 400 && status < 500 && !NOT_NOW.includes(status);
  return { gone: status === GONE, refused, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

/** The header is a number of seconds or a date. */
function secondsUntil(retryAfter: string): number | undefined {
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter);
  const seconds = Math.ceil((Date.parse(retryAfter) - Date.now()) / 1_000);
  return seconds > 0 ? seconds : undefined;
}
