const OPTIONS_OF_EACH = `
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('id', o.id, 'productId', o.product_id, 'name', o.name, 'price', o.price,
                                      'stock', o.on_hand - o.reserved) ORDER BY o.id) AS options
      FROM product_option o WHERE o.product_id = p.id) o`;

/** Products with their options in one statement: the best that SQL alone can do, and what the shop reads, too. */
export const PRODUCT_PAGE = `
  SELECT id, name, description, on_sale, created_at, options
    FROM (SELECT * FROM product WHERE on_sale ORDER BY created_at DESC, id DESC LIMIT $1) p ${OPTIONS_OF_EACH}
   ORDER BY created_at DESC, id DESC`;

export const PRODUCT_BY_ID = `
  SELECT id, name, description, on_sale, created_at, options
    FROM (SELECT * FROM product WHERE id = $1) p ${OPTIONS_OF_EACH}`;

export const BALANCE_OF = 'SELECT amount FROM balance WHERE user_id = $1';
