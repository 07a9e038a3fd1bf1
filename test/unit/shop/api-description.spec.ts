import { apiDescription } from '../../../apps/shop/src/api-description';

it('names the token desk only where there is one', () => {
  expect(JSON.stringify(apiDescription({ AUTH_MODE: 'dev' }))).toContain('POST /auth/token');

  const production = apiDescription({ AUTH_MODE: 'oidc' });

  expect(JSON.stringify(production)).not.toContain('/auth/token');
  expect(Object.keys(production.tags)).not.toContain('auth');
});
