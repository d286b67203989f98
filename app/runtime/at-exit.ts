const works: (() => void)[] = [];

// The newest first: its work may give something to an older one, as whoever logs does to the log.
process.on('exit', () => {
  for (const work of works.toReversed()) work();
});

/**
 * Has work done when the process exits, also by an uncaught error; not when it is killed.
 *
 * @param work takes no time: nothing asynchronous is waited for
 * @example atExit(() => file.write(pending));
 */
export const atExit = (work: () => void): void => {
  works.push(work);
};
