/** A call to a REST API: `path` is added to the endpoint as it is. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

/** What came back; status 0 means nothing did, with the cause. */
export interface Answer {
  readonly status: number;
  /** The parsed JSON, not trusted; undefined where it is none. */
  readonly body?: unknown;
  readonly cause?: unknown;
}

/** What the client needs. */
export interface RestClientOptions {
  readonly endpoint: string;
  /** Headers that prove who asks, asked for at each attempt. */
  readonly credentials: () => Promise<Headers>;
  /** Waits some milliseconds between attempts. */
  readonly wait: (ms: number) => Promise<void>;
}

const TIMEOUT_MS = 10_000;
const WAITS_MS = [500, 1_000, 2_000] as const;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, for instance: the status is all that can be used of it.
    return undefined;
  }
};

/** Whether the same call may be answered otherwise in a moment. */
export const isPassing = (status: number): boolean => status === 0 || status === 429 || status >= 500;

const ask = async (url: string, call: Call, headers: Headers): Promise<Answer> => {
  const { method, body } = call;
  if (body !== undefined) headers.set('content-type', 'application/json');
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: parsed(await response.text()) };
  } catch (cause) {
    return { status: 0, cause };
  }
};

/**
 * Calls a JSON API. An attempt has ten seconds; 429, 5xx and failed connections are tried four times in all, with 0.5, 1 and
 * 2 seconds between.
 *
 * @returns a function from a call to its last answer, whatever its status; only the credentials' own errors are thrown
 */
export const restClient =
  ({ endpoint, credentials, wait }: RestClientOptions): ((call: Call) => Promise<Answer>) =>
  async (call) => {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await ask(`${endpoint}${call.path}`, call, new Headers(await credentials()));
      const ms = WAITS_MS[attempt];
      if (ms === undefined || !isPassing(answer.status)) return answer;
      await wait(ms);
    }
  };
