import { unlessSame } from './accounting';
import type { BookedPayment, Evidence, StormDelivery } from './evidence';
import { numberIn, textIn } from './fields';

const STATUS_TOLD: Readonly<Record<string, readonly string[]>> = {
  'order.paid': ['PAID', 'REFUNDED'],
  'order.refunded': ['REFUNDED'],
};

/** Checker 6: the data platform has heard of every payment and every refund, of nothing else, and always the same. */
export function deliveries(evidence: Evidence): string[] {
  return [...unheard(evidence), ...webhooks(evidence), ...leftInOutbox(evidence)];
}

function unheard({ books, deliveries }: Evidence): string[] {
  const heard = new Set(deliveries.filter(({ accepted }) => accepted).map(subjectOf));
  return books.payments.flatMap(({ id, status }) =>
    Object.entries(STATUS_TOLD)
      .filter(([type, statuses]) => statuses.includes(status) && !heard.has(`${type} of payment ${id}`))
      .map(([type]) => `${type} of payment ${id} was never accepted`),
  );
}

function webhooks({ books, deliveries }: Evidence): string[] {
  const payments = new Map(books.payments.map((payment) => [payment.id, payment]));
  const firstOf = new Map<string, { readonly delivery: StormDelivery; readonly text: string }>();
  const idOf = new Map<string, string>();
  return deliveries.flatMap((delivery) => {
    const { id, body, verified } = delivery;
    const problems = verified ? [] : [`webhook ${id} came with a wrong signature at ${Math.round(delivery.at)} ms`];
    const text = JSON.stringify(body);
    const first = firstOf.get(id);
    if (first)
      return first.text === text ? problems : [...problems, `webhook ${id} has said ${first.text} and ${text}`];

    firstOf.set(id, { delivery, text });
    const subject = subjectOf(delivery);
    const other = idOf.get(subject);
    idOf.set(subject, id);
    if (other !== undefined) problems.push(`${subject} was told by the webhooks ${other} and ${id}`);
    const payment = payments.get(textIn(body.data, 'paymentId') ?? '');
    return [...problems, ...differences(delivery, payment).map((text) => `webhook ${id}, ${subject}: ${text}`)];
  });
}

function differences({ body: { type, data } }: StormDelivery, payment: BookedPayment | undefined): string[] {
  if (!payment) return ['there is no such payment'];
  const { userId, orderId, amount, status } = payment;
  return [
    ...(STATUS_TOLD[type]?.includes(status) ? [] : [`the payment is ${status}`]),
    ...unlessSame('user', userId, textIn(data, 'userId')),
    ...unlessSame('order', orderId, textIn(data, 'orderId')),
    ...unlessSame('amount', amount, numberIn(data, 'amount')),
  ];
}

function leftInOutbox({ books }: Evidence): string[] {
  return books.events
    .filter(({ status }) => status !== 'DELIVERED')
    .map(({ id, type, paymentId, status }) => `event ${id}, ${type} of payment ${paymentId}, is left ${status}`);
}

function subjectOf({ body: { type, data } }: StormDelivery): string {
  return `${type} of payment ${textIn(data, 'paymentId')}`;
}
