/** What the system says where nobody reads any more: a pipe whose reader has gone, also on Windows. */
const CLOSED = ['EPIPE', 'EOF', 'ERR_STREAM_DESTROYED'];

/**
 * Lets the readers of this process's output go, as `| head` does: what is still written is dropped in silence, and the process
 * does its work to the end, with the exit code that it would have had. Any other fault of an output is thrown.
 *
 * @example
 * leaveClosedOutput(); // then: cio-platform trace u1 | head -1
 */
export const leaveClosedOutput = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!CLOSED.includes(error.code ?? '')) throw error;
    });
  }
};
