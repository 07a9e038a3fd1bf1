import { urgencyOf } from '../../../apps/shop/src/urgency';

const ID = '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11';

describe('how urgent a request is to the shop', () => {
  it.each([
    ['GET', '/products?q=%EA%B0%90%EA%B7%A4', 'read'],
    ['HEAD', '/products/rank', 'read'],
    ['GET', '/balance', 'read'],
    ['GET', `/payments/${ID}`, 'read'],
    ['GET', '/administrators', 'read'],
    ['POST', '/orders', 'order'],
    ['POST', `/coupons/${ID}/issue`, 'order'],
    ['POST', '/balance/charges', 'order'],
    ['POST', '/auth/token', 'order'],
    ['POST', '/orders?to=/payments', 'order'],
    ['POST', '/payments', 'payment'],
    ['POST', `/payments/${ID}/refund`, 'payment'],
    ['POST', `/orders/${ID}/cancel`, 'payment'],
    ['GET', '/health/live', null],
    ['GET', '/health/ready?x=1', null],
    ['GET', '/metrics', null],
    ['GET', '/docs/', null],
    ['GET', '/docs-json', null],
    ['POST', '/admin/products', null],
    ['GET', '/admin/audit', null],
  ])('%s %s: %s', (method, url, urgency) => {
    expect(urgencyOf(method, url)).toBe(urgency);
  });
});
