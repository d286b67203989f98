/** Where the trace of an id is asked for: `GET /trace/:id`. */
export const TRACE_PATH = '/trace';
