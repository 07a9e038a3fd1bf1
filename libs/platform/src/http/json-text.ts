import type { Sentence } from '@app/shared';
import { UNSTORABLE } from './forms';

const MOST_DEPTH = 8;

const NOT_JSON: Sentence = { ko: '올바른 JSON 객체가 아닙니다', en: 'is not a JSON object' };
const TOO_DEEP: Sentence = {
  ko: `${MOST_DEPTH}단계보다 깊게 중첩되었습니다`,
  en: `is nested deeper than ${MOST_DEPTH} levels`,
};
const REPEATED: Sentence = { ko: '같은 이름이 한 객체에 두 번 있습니다', en: 'names a member twice' };
const FORBIDDEN_NAME: Sentence = { ko: '쓸 수 없는 이름이 있습니다', en: 'uses a name that is not allowed' };
const BAD_TEXT: Sentence = { ko: 'NUL이나 짝이 없는 서로게이트가 있습니다', en: 'has a NUL or a lone surrogate' };

/** Why a text is not taken as a body. */
export class UnreadableJson extends Error {
  constructor(readonly reason: Sentence) {
    super(reason.en);
  }
}

/**
 * Reads a JSON object, refusing what `JSON.parse` lets pass: deep nesting (before it is built), repeated and polluting
 * names, text that no database can store.
 * @throws UnreadableJson
 */
export function readJson(text: string): object {
  scan(text);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UnreadableJson(NOT_JSON);
  return value;
}

/** One pass over the tokens; that they are in a right order is left to the parser. */
function scan(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      const value = stringAt(text, at, end);
      if (isName(text, end)) addName(open.at(-1), value);
      at = end;
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      if (open.length > MOST_DEPTH) throw new UnreadableJson(TOO_DEEP);
    } else if (character === '}' || character === ']') {
      open.pop();
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  throw new UnreadableJson(NOT_JSON);
}

/** Only an escape can stand for what valid UTF-8 cannot hold. */
function stringAt(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  if (!raw.includes('\\')) return raw;
  const value = String(parse(text.slice(start, end + 1)));
  if (UNSTORABLE.test(value)) throw new UnreadableJson(BAD_TEXT);
  return value;
}

function isName(text: string, end: number): boolean {
  let at = end + 1;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return text[at] === ':';
}

function addName(names: Set<string> | null | undefined, name: string): void {
  // Every object has these already: `__proto__`, `constructor`, `toString`, ...
  if (name in Object.prototype || name === 'prototype') throw new UnreadableJson(FORBIDDEN_NAME);
  if (names?.has(name)) throw new UnreadableJson(REPEATED);
  names?.add(name);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableJson(NOT_JSON);
  }
}
