import type { Action } from '../history';

interface ProductPage {
  readonly items: readonly { readonly id: string; readonly options: readonly { id: string; stock: number }[] }[];
}

/** The part of an answer that the history keeps: of product pages the stocks, as whole ones would be megabytes. */
export function keptOf(action: Action, status: number, answer: unknown): unknown {
  if (action !== 'read products' || status !== 200 || !isProductPage(answer)) return answer;
  return {
    items: answer.items.map(({ id, options }) => ({ id, options: options.map(({ id, stock }) => ({ id, stock })) })),
  };
}

/** A broken answer is kept whole, for a person to read. */
function isProductPage(answer: unknown): answer is ProductPage {
  const { items } = Object(answer) as { items?: unknown };
  return Array.isArray(items) && items.every((item) => Array.isArray(Object(item).options));
}
