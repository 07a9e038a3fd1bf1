/**
 * Whether the work ends before a timer of so many milliseconds that is set now. A busy machine, which is late for
 * everything, is late for the timer too: a look at the clock afterwards would blame the work for it.
 */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const inTime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
