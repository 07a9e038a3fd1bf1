/** Makes what several checkers need of the same evidence only once. */
export function remembered<From extends object, Made extends object>(make: (from: From) => Made): (from: From) => Made {
  const made = new WeakMap<From, Made>();
  return (from) => {
    const known = made.get(from) ?? make(from);
    made.set(from, known);
    return known;
  };
}
