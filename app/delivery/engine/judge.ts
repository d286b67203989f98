/** What the judge reads of an answer; see the port of the Customer.io adapter. */
export interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  readonly retryAfterMs?: number;
  readonly fault?: string;
}

/** Why one item was refused, in the API's words. */
export interface Refusal {
  readonly index: number;
  readonly message: string;
}

/** What an answer means for the request that got it. */
export type Verdict =
  | { readonly kind: 'delivered'; readonly refusals: readonly Refusal[] }
  /** The same request again later; with `everyLane` nobody sends before. */
  | { readonly kind: 'retry'; readonly waitMs: number; readonly everyLane: boolean }
  /** One of the items, or their number, is at fault: halves until it is alone. */
  | { readonly kind: 'split'; readonly message: string }
  /** Credential, region or address: nothing can be sent, and nothing may be lost. */
  | { readonly kind: 'hold'; readonly code: HoldCode };

export type HoldCode = 'unauthorized' | 'wrong_region' | 'wrong_address';

type Fields = Readonly<Record<string, unknown>>;

const asObject = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const MESSAGE_LENGTH = 500;

const describeOne = (error: unknown): string => {
  if (typeof error === 'string') return error;
  const { field, message, reason } = asObject(error);
  return [field, message ?? reason].filter((part) => typeof part === 'string' && part !== '').join(': ');
};

/** The API's words for a refusal: v2 `{errors}`, v1 `{meta: {errors}}` or `{meta: {error}}`. */
const describe = (answer: Answer): string => {
  const body = asObject(answer.json);
  const meta = asObject(body['meta']);
  const errors = [...asList(body['errors']), ...asList(meta['errors']), meta['error']];
  const text = errors
    .map(describeOne)
    .filter((part) => part !== '')
    .join('; ');
  return (text || `HTTP ${answer.status}`).slice(0, MESSAGE_LENGTH);
};

const refusalsOf = (answer: Answer, items: number): readonly Refusal[] => {
  const byIndex = new Map<number, string>();
  for (const error of asList(asObject(answer.json)['errors'])) {
    const index = asObject(error)['batch_index'];
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= items) continue;
    const text = describeOne(error) || 'refused without a reason';
    byIndex.set(index, byIndex.has(index) ? `${byIndex.get(index)}; ${text}` : text);
  }
  return [...byIndex].map(([index, message]) => ({ index, message: message.slice(0, MESSAGE_LENGTH) }));
};

const transient = (answer: Answer): boolean => {
  const { status } = answer;
  return status === undefined || status === 408 || status === 429 || status >= 500;
};

const holdCode = (answer: Answer): HoldCode | undefined => {
  const status = answer.status ?? 0;
  if (status === 401 || status === 403) return 'unauthorized';
  if (status >= 300 && status < 400) return 'wrong_region';
  return status === 404 && answer.json === undefined ? 'wrong_address' : undefined;
};

/**
 * The one place that says what an answer of the Track API means: status first, then body.
 * Source: contract, "Track API v2"; the table is in the documentation of the delivery engine.
 *
 * @param answer the API's answer, or the fault below HTTP
 * @param items how many items the request had
 * @example judge({ status: 207, json: { errors: [{ batch_index: 1 }] } }, 2) // delivered, item 1 refused
 */
export const judge = (answer: Answer, items: number): Verdict => {
  const status = answer.status ?? 0;
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && answer.json !== undefined) {
    return { kind: 'delivered', refusals: status === 207 ? refusalsOf(answer, items) : [] };
  }
  if (isSuccess || transient(answer)) {
    return { kind: 'retry', waitMs: answer.retryAfterMs ?? 0, everyLane: status === 429 };
  }
  const code = holdCode(answer);
  return code ? { kind: 'hold', code } : { kind: 'split', message: describe(answer) };
};
