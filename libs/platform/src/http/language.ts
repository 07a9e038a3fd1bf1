import type { RequestContext } from './request-context';

/** Korean, unless `Accept-Language` gives English a higher weight. */
export function languageOf(acceptLanguage: string | undefined): RequestContext['language'] {
  if (!acceptLanguage) return 'ko';
  const weights = new Map<string, number>();
  for (const range of acceptLanguage.slice(0, 500).split(',')) {
    const [language, weight] = weighted(range);
    weights.set(language, Math.max(weight, weights.get(language) ?? 0));
  }
  const anyOther = weights.get('*') ?? 0;
  return (weights.get('en') ?? anyOther) > (weights.get('ko') ?? anyOther) ? 'en' : 'ko';
}

/** `en-US;q=0.8` as `['en', 0.8]`; a weight that cannot be read counts as none. */
function weighted(range: string): [string, number] {
  const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
  const weight = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('q='));
  return [tag.trim().split('-')[0] ?? '', weight === undefined ? 1 : Number(weight.slice(2)) || 0];
}
