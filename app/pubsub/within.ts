/**
 * What `work` comes to, at most a time later; what is late goes on unheeded, also when it fails then.
 *
 * @param ms milliseconds
 * @param late makes the error of being late
 * @throws what `work` throws, or `late()`
 */
export const within = <T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    const done = (result: T): void => {
      clearTimeout(timer);
      resolve(result);
    };
    const failed = (error: unknown): void => {
      clearTimeout(timer);
      reject(error);
    };
    work.then(done, failed);
  });
