const LOCK_BALANCE = `
  SELECT amount, last_sequence INTO held, last FROM balance WHERE user_id = who FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO balance (user_id, amount, last_sequence) VALUES (who, 0, 0);
    held := 0; last := 0;
  END IF;`;

const CHARGE = `
  CREATE FUNCTION bench_charge(who text, won bigint) RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE held bigint; last integer;
  BEGIN
    ${LOCK_BALANCE}
    IF won <= 0 THEN RAISE EXCEPTION 'INVALID_CHARGE_AMOUNT'; END IF;
    IF held + won > 1000000000 THEN RAISE EXCEPTION 'BALANCE_LIMIT_EXCEEDED'; END IF;
    UPDATE balance SET amount = held + won, last_sequence = last + 1 WHERE user_id = who;
    INSERT INTO balance_transaction (id, user_id, sequence, type, amount, balance_after, created_at)
    VALUES (uuidv7(), who, last + 1, 'CHARGE', won, held + won, now());
    RETURN held + won;
  END $$`;

const ISSUE = `
  CREATE FUNCTION bench_issue(who text, which uuid) RETURNS integer LANGUAGE plpgsql AS $$
  DECLARE c coupon;
  BEGIN
    SELECT * INTO c FROM coupon WHERE id = which FOR UPDATE;
    IF NOT FOUND OR c.valid_from > now() THEN RAISE EXCEPTION 'COUPON_NOT_STARTED'; END IF;
    IF c.valid_until <= now() THEN RAISE EXCEPTION 'COUPON_EXPIRED'; END IF;
    IF c.issued >= c.total_quantity THEN RAISE EXCEPTION 'COUPON_SOLD_OUT'; END IF;
    PERFORM 1 FROM issued_coupon WHERE coupon_id = which AND user_id = who;
    IF FOUND THEN RAISE EXCEPTION 'COUPON_ALREADY_ISSUED'; END IF;
    INSERT INTO issued_coupon (coupon_id, user_id, sequence, status, issued_at)
    VALUES (which, who, c.issued + 1, 'AVAILABLE', now());
    UPDATE coupon SET issued = c.issued + 1 WHERE id = which;
    RETURN c.issued + 1;
  END $$`;

const ORDER = `
  CREATE FUNCTION bench_order(who text, which uuid[]) RETURNS uuid LANGUAGE plpgsql AS $$
  DECLARE made uuid := uuidv7(); known integer; sellable boolean; enough boolean; due bigint;
  BEGIN
    PERFORM 1 FROM product_option WHERE id = ANY(which) ORDER BY id FOR UPDATE;
    SELECT count(*), bool_and(p.on_sale), bool_and(o.on_hand - o.reserved >= 1), sum(o.price)
      INTO known, sellable, enough, due
      FROM product_option o JOIN product p ON p.id = o.product_id WHERE o.id = ANY(which);
    IF known < cardinality(which) THEN RAISE EXCEPTION 'PRODUCT_OPTION_NOT_FOUND'; END IF;
    IF NOT sellable THEN RAISE EXCEPTION 'PRODUCT_NOT_ON_SALE'; END IF;
    IF NOT enough THEN RAISE EXCEPTION 'OUT_OF_STOCK'; END IF;
    INSERT INTO orders (id, user_id, status, subtotal, discount, total, placed_at, expires_at)
    VALUES (made, who, 'PENDING_PAYMENT', due, 0, due, now(), now() + interval '15 minutes');
    INSERT INTO order_line (order_id, option_id, position, product_id, product_name, option_name, unit_price, quantity,
                            amount)
    SELECT made, o.id, row_number() OVER (ORDER BY o.id) - 1, p.id, p.name, o.name, o.price, 1, o.price
      FROM product_option o JOIN product p ON p.id = o.product_id WHERE o.id = ANY(which);
    UPDATE product_option SET reserved = reserved + 1 WHERE id = ANY(which);
    RETURN made;
  END $$`;

const PAY = `
  CREATE FUNCTION bench_pay(who text, which uuid) RETURNS uuid LANGUAGE plpgsql AS $$
  DECLARE o orders; held bigint; last integer; made uuid := uuidv7(); lines jsonb;
  BEGIN
    SELECT * INTO o FROM orders WHERE id = which AND user_id = who FOR UPDATE;
    IF NOT FOUND OR o.status <> 'PENDING_PAYMENT' OR o.expires_at <= now() THEN
      RAISE EXCEPTION 'order % is not payable', which;
    END IF;
    PERFORM 1 FROM product_option p JOIN order_line l ON l.option_id = p.id AND l.order_id = which
      ORDER BY p.id FOR UPDATE OF p;
    ${LOCK_BALANCE}
    IF held < o.total THEN RAISE EXCEPTION 'INSUFFICIENT_BALANCE'; END IF;
    UPDATE balance SET amount = held - o.total, last_sequence = last + 1 WHERE user_id = who;
    INSERT INTO balance_transaction (id, user_id, sequence, type, amount, balance_after, reference_id, created_at)
    VALUES (uuidv7(), who, last + 1, 'PAYMENT', -o.total, held - o.total, made, now());
    UPDATE product_option p SET on_hand = on_hand - l.quantity, reserved = reserved - l.quantity
      FROM order_line l WHERE l.order_id = which AND p.id = l.option_id;
    INSERT INTO stock_movement (id, option_id, kind, quantity, order_id, created_at)
    SELECT uuidv7(), option_id, 'SALE', -quantity, which, now() FROM order_line WHERE order_id = which;
    INSERT INTO payment (id, order_id, user_id, status, subtotal, discount, amount, balance_after, paid_at)
    VALUES (made, which, who, 'PAID', o.subtotal, o.discount, o.total, held - o.total, now());
    UPDATE orders SET status = 'PAID', paid_at = now(), payment_id = made WHERE id = which;
    SELECT jsonb_agg(jsonb_build_object('productId', product_id, 'optionId', option_id, 'quantity', quantity,
                                        'unitPrice', unit_price) ORDER BY position)
      INTO lines FROM order_line WHERE order_id = which;
    INSERT INTO outbox_event (id, type, subject_id, payload, status, next_attempt_at, created_at)
    VALUES (uuidv7(), 'order.paid', made,
            jsonb_build_object('orderId', which, 'paymentId', made, 'userId', who, 'lines', lines, 'couponId', NULL,
                               'amount', o.total), 'PENDING', now(), now());
    RETURN made;
  END $$`;

/** The flows as PL/pgSQL, with the same locks and checks as the statements of yardstick a. */
export const FUNCTIONS = [CHARGE, ISSUE, ORDER, PAY];
