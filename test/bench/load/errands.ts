import { below, nextToPay, twoOptions } from '../draw';
import { CHARGE, CUSTOMERS, HOT_OPTION, idOf, ownerOf, PRODUCTS } from '../stage';
import type { WorkName } from '../works';
import type { Connection } from './connection';
import type { Crowd } from './crowd';
import type { HttpOrder, Material } from './orders';
import { Requests } from './requests';
import type { ResponseParser } from './response-parser';

const ID = /"id":"([0-9a-f-]{36})"/;
const CHARGE_BODY = JSON.stringify({ amount: CHARGE });
const HOT_BODY = JSON.stringify({ lines: [{ optionId: HOT_OPTION, quantity: 1 }] });

/** What one caller does on one connection: a request, or several of which each needs the answer before it. */
export type Errand = (connection: Connection) => Promise<ResponseParser>;

/** The answer of a shop that has too much to do, or of one whose database takes too long. */
export const REFUSED = 503;
/** The code of the first of the two, which has done nothing. */
export const SHED = 'OVERLOADED';

/** Does what a work asks for, and counts what it comes to. Any answer but an expected one ends the measure. */
export class Errands {
  paid = 0;
  private answers = 0;
  private bytes = 0;
  /** Orders whose payment was refused. */
  private readonly refused: number[] = [];
  private readonly requests: Requests;
  private readonly nextVisitor: () => string;
  private readonly material: Material;

  constructor(
    private readonly crowd: Crowd,
    { contender, port, material }: Pick<HttpOrder, 'contender' | 'port' | 'material'>,
    /** Whether a shop that has too much to do may say so. */
    private readonly mayRefuse = false,
  ) {
    this.requests = new Requests(contender === 'b');
    this.nextVisitor = crowd.rush(port);
    this.material = material;
  }

  get answerSize(): number {
    return this.answers === 0 ? 0 : this.bytes / this.answers;
  }

  of(work: WorkName): Errand {
    const errands: Record<WorkName, Errand> = {
      page: (connection) => this.read(connection, '/products?limit=20'),
      product: (connection) => this.read(connection, `/products/${idOf('product', below(PRODUCTS))}`),
      ranking: (connection) => this.read(connection, '/products/rank'),
      balance: (connection) => this.read(connection, '/balance', this.anyToken()),
      charge: (connection) => this.charge(connection, this.anyToken()),
      coupon: (connection) => this.issue(connection),
      order: (connection) => this.write(connection, this.orderOfTwo(this.anyToken())),
      'order-hot': (connection) => this.write(connection, this.requests.post('/orders', this.anyToken(), HOT_BODY)),
      payment: (connection) => this.payNext(connection),
      purchase: (connection) => this.purchase(connection),
    };
    return errands[work];
  }

  /** An order that changes stock while pages are read. */
  get changeStock(): Errand {
    return this.of('order');
  }

  private read(connection: Connection, path: string, token?: string): Promise<ResponseParser> {
    return this.expect(200, connection, this.requests.get(path, token));
  }

  private write(connection: Connection, request: string): Promise<ResponseParser> {
    return this.expect(201, connection, request);
  }

  private charge(connection: Connection, token: string): Promise<ResponseParser> {
    return this.write(connection, this.requests.post('/balance/charges', token, CHARGE_BODY));
  }

  private issue(connection: Connection): Promise<ResponseParser> {
    const path = `/coupons/${idOf('coupon', this.material.coupon)}/issue`;
    return this.write(connection, this.requests.post(path, this.nextVisitor()));
  }

  private orderOfTwo(token: string): string {
    const lines = twoOptions().map((optionId) => ({ optionId, quantity: 1 }));
    return this.requests.post('/orders', token, JSON.stringify({ lines }));
  }

  /** A customer whose payment was shed comes again. Of any other failure nobody knows whether it was paid. */
  private async payNext(connection: Connection): Promise<ResponseParser> {
    const number = this.refused.pop() ?? nextToPay(this.material.pending, this.paid++);
    const answer = await this.pay(connection, this.crowd.tokenOf(ownerOf(number)), idOf('order', number));
    if (answer.status === REFUSED && answer.body.includes(SHED)) this.refused.push(number);
    return answer;
  }

  private pay(connection: Connection, token: string, orderId: string): Promise<ResponseParser> {
    return this.write(connection, this.requests.post('/payments', token, JSON.stringify({ orderId })));
  }

  private async purchase(connection: Connection): Promise<ResponseParser> {
    const token = this.anyToken();
    await this.charge(connection, token);
    const { body } = await this.expect(201, connection, this.orderOfTwo(token), true);
    return this.pay(connection, token, ID.exec(body)?.[1] ?? idOf('order', 0));
  }

  private async expect(
    status: number,
    connection: Connection,
    request: string,
    keepsBody = false,
  ): Promise<ResponseParser> {
    const answer = await connection.send(request, keepsBody);
    if (this.mayRefuse && answer.status === REFUSED) return answer;
    if (answer.status !== status) {
      const [line] = request.split('\r\n');
      throw new Error(`${line} was answered with ${answer.status} and not with ${status}: ${answer.body}`);
    }
    this.answers++;
    this.bytes += answer.length;
    return answer;
  }

  private anyToken(): string {
    return this.crowd.tokenOf(below(CUSTOMERS));
  }
}
