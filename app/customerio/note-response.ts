import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent, type Dispatcher } from 'undici';

/** What is known of a response even where the SDK loses it (an HTML body, a redirect). */
export interface Note {
  status?: number;
  retryAfter?: string;
}

const notes = new AsyncLocalStorage<Note>();

const text = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

const isRedirect = (status: number | undefined): boolean =>
  status !== undefined && status >= 300 && status < 400;

/**
 * An undici dispatcher that writes the status and Retry-After of every response into the note of its call. It refuses the
 * request that follows a redirect: a redirect means the wrong region, and following it would send people's data there.
 *
 * @param connections most sockets to one host
 */
export const notingDispatcher = (connections: number): Dispatcher =>
  new Agent({ connections }).compose((dispatch) => (options, handler) => {
    const note = notes.getStore();
    if (note === undefined) return dispatch(options, handler);
    if (isRedirect(note.status)) throw new Error('redirect not followed');
    const onResponseStart: Dispatcher.DispatchHandler['onResponseStart'] = (
      controller,
      status,
      headers,
      message,
    ) => {
      note.status = status;
      const retryAfter = text(headers['retry-after']);
      if (retryAfter !== undefined) note.retryAfter = retryAfter;
      handler.onResponseStart?.(controller, status, headers, message);
    };
    const noting: Dispatcher.DispatchHandler = {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, status, headers, socket) =>
        handler.onRequestUpgrade?.(controller, status, headers, socket),
      onResponseStart,
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    };
    return dispatch(options, noting);
  });

/** Runs one call and gives its note beside its outcome. */
export const withNote = async <T>(
  call: () => Promise<T>,
): Promise<{ readonly note: Note; readonly result?: T; readonly error?: unknown }> => {
  const note: Note = {};
  return notes.run(note, async () => {
    try {
      return { note, result: await call() };
    } catch (error) {
      return { note, error };
    }
  });
};
