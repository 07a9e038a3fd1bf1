import { SingleBar } from 'cli-progress';

/** Where a command writes what people read. */
export type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

export interface Progress {
  step(): void;
  end(): void;
}

/** A bar for a person at a terminal, a line every tenth for a log. */
export function startProgress(what: string, total: number, output: Output): Progress {
  return output.isTTY ? bar(what, total, output as NodeJS.WriteStream) : lines(what, total, output);
}

function bar(what: string, total: number, stream: NodeJS.WriteStream): Progress {
  const drawn = new SingleBar({
    format: `${what}  {bar}  {percentage} %  {value} of {total}  {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // Orders end in batches: over fewer of them the time left would jump.
    etaBuffer: 500,
    stream,
  });
  drawn.start(total, 0);
  return { step: () => drawn.increment(), end: () => drawn.stop() };
}

function lines(what: string, total: number, output: Output): Progress {
  let done = 0;
  return {
    step: () => {
      done += 1;
      const tenth = Math.floor((done * 10) / total);
      if (tenth > Math.floor(((done - 1) * 10) / total))
        output.write(`${what}  ${tenth * 10} %  ${done} of ${total}\n`);
    },
    end: () => undefined,
  };
}
