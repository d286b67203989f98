import { BusError } from './port.ts';

/**
 * What `work` resolves to, or a rejection after `milliseconds`; `work` itself goes on.
 *
 * @param doing what takes too long, for the message: `connecting`
 * @throws BusError `unavailable` when the time is over
 */
export async function within<T>(milliseconds: number, doing: string, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new BusError('unavailable', `${doing} took more than ${milliseconds} ms`));
  }, milliseconds);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
