const RIGHT = {
  order_id: 'CA-2014-100000',
  order_date: '2014-01-03',
  customer_id: 'DP-13000',
  product_id: 'OFF-PA-10000174',
  category: 'Office Supplies',
  sub_category: 'Paper',
  product_name: 'Message Book',
  sales_usd: '10',
  quantity: '2',
  discount: '0',
};

/** A line of the file as it is written, right but for what is given. */
export function line(fields: Partial<typeof RIGHT>): string {
  return Object.values({ ...RIGHT, ...fields }).join(',');
}

export function superstoreFile(...lines: readonly string[]): string {
  return [Object.keys(RIGHT).join(','), ...lines].join('\n');
}
