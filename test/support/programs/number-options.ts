/** @throws Error that says what is wrong and what is expected, as all of these */
export function whole(name: string, text: string, least: number, most: number): number {
  const value = number(name, text, least, most);
  if (!Number.isInteger(value)) throw wrong(name, text, 'a whole number');
  return value;
}

export function number(name: string, text: string, least: number, most: number): number {
  const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw wrong(name, text, `${least} to ${most}`);
  return value;
}

export function wrong(name: string, value: string, expected: string): Error {
  return new Error(`--${name} is ${expected}, not "${value}".`);
}
