/** How long an endpoint may take to answer, in ms. */
const ANSWER_MS = 10_000;
/** An endpoint that asks for a longer pause is asked again after this, in ms. */
const RETRY_AFTER_MAX_MS = 600_000;

/** Where notices are posted, with its references expanded. `secret` null: they are not signed. */
export type Endpoint = {url: string; secret: string | null};

/** `id` is the same at each try, so that a receiver knows what it has already. */
export type Post = {id: string; body: string};

/** What came of one try. `afterMs`: the endpoint named a pause; null: it did not. */
export type Outcome =
  | {state: 'delivered'; says: string}
  | {state: 'refused'; says: string}
  | {state: 'failed'; says: string; afterMs: number | null};

type Options = {
  /** ms since the epoch. */
  now: number;
  version: string;
  fetch?: typeof fetch;
  signal?: AbortSignal;
  answerMs?: number;
};

/** One try. Never rejects, and follows no redirect: what is signed for one place is for that alone. */
export async function post({url, secret}: Endpoint, {id, body}: Post, options: Options): Promise<Outcome> {
  const {now, version, signal, answerMs = ANSWER_MS} = options;
  const patience = AbortSignal.timeout(answerMs);
  const timestamp = String(Math.floor(now / 1000));
  const signed = secret === null ? {} : {'x-amux-signature': signatureOf({secret, timestamp, body})};
  try {
    const response = await (options.fetch ?? fetch)(url, {
      method: 'POST',
      redirect: 'manual',
      signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
      headers: {
        'content-type': 'application/json',
        'user-agent': `amux/${version}`,
        'x-amux-id': id,
        'x-amux-timestamp': timestamp,
        ...signed,
      },
      body,
    });
    // What it says is not read, whatever its length.
    await response.body?.cancel().catch(() => {});
    return judge(response, now);
  } catch (error) {
    const says = patience.aborted ? `no answer in ${answerMs / 1000} s` : whyOf(error);
    return {state: 'failed', says, afterMs: null};
  }
}

/** `sha256=HEX` of the HMAC over `TIMESTAMP.BODY`. */
export function signatureOf({secret, timestamp, body}: {secret: string; timestamp: string; body: string}): string {
  const {createHmac} = process.getBuiltinModule('node:crypto');
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** 408 and 429 ask to come again; each other 4xx would be answered the same way again. */
function judge({status, headers}: Response, now: number): Outcome {
  const says = `HTTP ${status}`;
  if (status >= 200 && status < 300) return {state: 'delivered', says};
  if (status >= 500 || status === 408 || status === 429) {
    return {state: 'failed', says, afterMs: pauseOf(headers.get('retry-after'), now)};
  }
  return {state: 'refused', says: status >= 300 && status < 400 ? `${says}: redirects are not followed` : says};
}

/** `Retry-After` in seconds or as a date, in ms from now; null: it says nothing. */
function pauseOf(value: string | null, now: number): number | null {
  if (value === null) return null;
  const seconds = /^\d{1,9}$/.test(value.trim()) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(RETRY_AFTER_MAX_MS, Math.max(0, seconds * 1000)) : null;
}

/** fetch hides the reason beneath "fetch failed"; it may hold the address, and never the path. */
function whyOf(error: unknown): string {
  const {cause} = error as {cause?: {code?: string; message?: string}};
  return cause?.code ?? cause?.message?.slice(0, 100) ?? (error instanceof Error ? error.name : 'it failed');
}
