import { validateCronExpression } from 'cron';

/** How one setting is read: `undefined` for a text that is none of `expected`. */
export interface Rule {
  readonly expected: string;
  read(text: string): string | number | undefined;
}

const matching = (expected: string, accepts: (text: string) => boolean): Rule => ({
  expected,
  read: (text) => (accepts(text) ? text : undefined),
});

export const text: Rule = matching('a text', (value) => value.trim() !== '');

export function integer(min: number, max: number, example: number): Rule {
  return {
    expected: `an integer from ${min} to ${max}, e.g. ${example}`,
    read: (value) =>
      /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : undefined,
  };
}

export function oneOf(values: readonly string[]): Rule {
  return matching(`one of ${values.join(', ')}`, (value) => values.includes(value));
}

export function url(protocols: readonly string[], example: string): Rule {
  const schemes = protocols.map((protocol) => `${protocol}//`).join(' or ');
  return matching(
    `a ${schemes} URL, e.g. ${example}`,
    (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol) && /^[a-z]+:\/\//i.test(value),
  );
}

const website = url(['http:', 'https:'], 'https://example.com/path');
/** `fetch` takes no URL with credentials in it. */
export const httpUrl: Rule = matching(
  `${website.expected}, without a user or a password`,
  (value) => website.read(value) !== undefined && new URL(value).username + new URL(value).password === '',
);

const redisServer = url(['redis:', 'rediss:'], 'redis://localhost:6379');
export const redisUrl: Rule = matching(
  `${redisServer.expected}, or memory:`,
  (value) => value === 'memory:' || redisServer.read(value) !== undefined,
);

export function secretText(atLeast: number): Rule {
  return matching(`at least ${atLeast} characters`, (value) => value.length >= atLeast);
}

export const webhookSecret: Rule = matching('whsec_ and the base64 of 24 to 64 bytes', (value) => {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value)?.[1];
  if (encoded === undefined || encoded.length % 4 !== 0) return false;
  const { length } = Buffer.from(encoded, 'base64');
  return length >= 24 && length <= 64;
});

export const cronExpression: Rule = matching(
  'a cron expression of 5 or 6 fields, e.g. */5 * * * *',
  (value) => validateCronExpression(value).valid,
);
