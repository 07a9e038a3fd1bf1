import { JsonLogger } from '../../../libs/platform/src/http/logging';

describe('the log', () => {
  let lines: Record<string, unknown>[];
  let logger: JsonLogger;

  beforeEach(() => {
    lines = [];
    logger = new JsonLogger('info', { write: (line) => void lines.push(JSON.parse(line)) });
  });

  it('is one JSON object a line, with the name of who wrote it', () => {
    logger.log('ready', 'Shop');
    logger.log({ requestId: 'r-1', status: 200 }, 'Request');
    logger.debug('not at this level', 'Shop');

    expect(lines).toMatchObject([
      { msg: 'ready', logger: 'Shop', time: expect.stringMatching(/Z$/) },
      { requestId: 'r-1', status: 200, logger: 'Request' },
    ]);
  });

  it('keeps an error whole', () => {
    logger.error({ requestId: 'r-1', err: new Error('broken') }, 'Problem');
    logger.error(new Error('broken too'), 'Shop');

    expect(lines).toMatchObject([
      { requestId: 'r-1', err: { message: 'broken', stack: expect.any(String) } },
      { err: { message: 'broken too', stack: expect.any(String) } },
    ]);
  });

  it('keeps an error that comes beside a text, and a stack that comes as one', () => {
    logger.error('could not be sent', new Error('broken'), 'Relay');
    logger.error('could not be sent', 'Error: broken at x', 'Relay');
    logger.error('could not be sent', new Error('nameless'));

    expect(lines).toMatchObject([
      { msg: 'could not be sent', err: { message: 'broken', stack: expect.stringContaining('logging.spec') } },
      { msg: 'could not be sent', stack: 'Error: broken at x', logger: 'Relay' },
      { msg: 'could not be sent', err: { message: 'nameless' } },
    ]);
    expect(lines[0]).not.toHaveProperty('stack');
  });

  it('keeps no secrets', () => {
    logger.log(
      { authorization: 'hush', headers: { authorization: 'hush' }, request: { body: { token: 'hush' } } },
      'Shop',
    );

    expect(JSON.stringify(lines)).not.toContain('hush');
  });
});
