import {isWebhookUrl} from '../config/notices.ts';
import {expandEnvironment} from '../config/variables.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Entry} from '../domain/events.ts';
import {type NoticeTrial, readNotice, sentence, type WebhookSettings, waitingForOf} from '../domain/notices.ts';
import {Deliveries, type DeliveriesOptions} from '../notices/deliveries.ts';
import {type Endpoint, post} from '../notices/webhook.ts';
import type {Store} from '../store/store.ts';
import {readWebhookCursors, writeWebhookCursors} from '../store/webhook-file.ts';

/** Entries of the journal that are read at once. */
const AT_ONCE = 500;
/** What is older is of no use any more, when a supervisor comes back, in ms. */
const STALE_MS = 3_600_000;

type Options = {
  paths: {webhooks: string; home: string};
  store: Pick<Store, 'read' | 'cursor' | 'state'>;
  settings: () => readonly WebhookSettings[];
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  now: () => number;
  note: (why: string) => void;
} & Pick<DeliveriesOptions, 'pause' | 'random'>;

export type Webhooks = {
  /** Posts a notice to those who want it. */
  tell: (entry: Entry) => void;
  test: () => Promise<NoticeTrial[]>;
  /** What is not delivered yet is delivered by the next supervisor. */
  close: () => Promise<void>;
};

/** Delivers notices at least once, in order per webhook: how far is kept in a file, the notices are in the journal. */
export function webhooks(options: Options): Webhooks {
  const {paths, store, settings, env, version, now, note, pause, random} = options;
  const cursors = readWebhookCursors(paths);
  const queues = new Map<string, Deliveries>();

  /** Told once: a file that cannot be written stays so, and notices may come twice after a restart. */
  let failing = false;

  const done = (key: string, cursor: number): void => {
    if (cursor <= (cursors[key] ?? -1)) return;
    cursors[key] = cursor;
    try {
      writeWebhookCursors(paths, cursors);
      failing = false;
    } catch (error) {
      if (!failing) note(`${paths.webhooks} was not written: ${(error as Error).message}`);
      failing = true;
    }
  };

  const queueOf = (key: string): Deliveries => {
    const known = queues.get(key);
    if (known !== undefined) return known;
    const queue = new Deliveries({
      post: (endpoint, parcel, signal) => post(endpoint, parcel, {now: now(), version, signal}),
      pause,
      random,
      onDone: cursor => done(key, cursor),
      onNews: why => note(`${placeOf(key)}: ${why}`),
    });
    queues.set(key, queue);
    return queue;
  };

  /** What people know it by: never its path, nor what its references stand for. */
  const placeOf = (key: string): string => {
    const hooks = settings();
    const at = hooks.findIndex(hook => keyOf(hook) === key);
    return hooks[at] === undefined ? 'a webhook' : titleOf(hooks[at], {at, env});
  };

  const endpointOf = (key: string) => (): Endpoint => {
    const hook = settings().find(each => keyOf(each) === key);
    if (hook === undefined) throw new Error('it was taken out of the configuration');
    return expand(hook, env);
  };

  /** Nothing is on its way: whoever comes next need not look further back than this. */
  const restAt = (key: string, cursor: number): void => {
    if (queues.get(key)?.isIdle !== false) done(key, cursor);
  };

  const give = (hook: WebhookSettings, entry: Entry): void => {
    const notice = readNotice(entry);
    const key = keyOf(hook);
    if (notice === null || !hook.on.includes(notice.kind)) {
      restAt(key, entry.cursor);
      return;
    }
    // It is new in the configuration: from here on nothing is lost with a supervisor that is killed.
    if (cursors[key] === undefined) done(key, entry.cursor - 1);
    const body = JSON.stringify(bodyOf(entry, options));
    queueOf(key).add({id: idOf(entry), cursor: entry.cursor, body}, endpointOf(key));
  };

  const hooks = settings();
  const known = new Set(hooks.map(keyOf));
  for (const key of Object.keys(cursors)) if (!known.has(key)) delete cursors[key];
  for (const hook of hooks) {
    const since = cursors[keyOf(hook)];
    if (since !== undefined) for (const entry of leftOf(store, since, now())) give(hook, entry);
    restAt(keyOf(hook), store.cursor);
  }

  return {
    tell(entry) {
      for (const hook of settings()) give(hook, entry);
    },

    async test() {
      const at = now();
      const body = JSON.stringify({...empty(at), id: `test-${at}`, kind: 'test', home: paths.home});
      return Promise.all(
        settings().map(async (hook, i): Promise<NoticeTrial> => {
          const channel = titleOf(hook, {at: i, env});
          try {
            const outcome = await post(expand(hook, env), {id: `test-${at}`, body}, {now: at, version});
            const signed = hook.secret === null ? 'not signed' : 'signed';
            return {channel, ok: outcome.state === 'delivered', says: `${outcome.says}, ${signed}`};
          } catch (error) {
            return {channel, ok: false, says: (error as Error).message};
          }
        }),
      );
    },

    async close() {
      for (const hook of settings()) restAt(keyOf(hook), store.cursor);
      await Promise.all([...queues.values()].map(queue => queue.close()));
    },
  };
}

/** What is posted. Times are unix seconds. */
export type WebhookBody = {
  id: string;
  /** One of the kinds of notices, or `test`. */
  kind: string;
  at: number;
  /** One sentence for people. */
  text: string;
  /** The same without whom it is about. */
  reason: string;
  waiting_for: {kind: string; detail: string} | null;
  session: {
    id: string;
    name: string;
    agent: string | null;
    dir: string | null;
    workspace: string | null;
    project: string | null;
    tags: string[];
  } | null;
  home: string;
};

const empty = (at: number): Omit<WebhookBody, 'id' | 'kind' | 'home'> => ({
  at: Math.floor(at / 1000),
  text: 'amux: this is a trial',
  reason: 'a trial',
  waiting_for: null,
  session: null,
});

function bodyOf(entry: Entry, {store, paths}: Pick<Options, 'store' | 'paths'>): WebhookBody {
  const notice = readNotice(entry)!;
  const session = notice.session === null ? undefined : store.state.sessions.get(notice.session.id);
  return {
    id: idOf(entry),
    kind: notice.kind,
    at: Math.floor(notice.at / 1000),
    text: sentence(notice),
    reason: notice.text,
    waiting_for: waitingForOf(notice),
    session:
      notice.session === null
        ? null
        : {
            ...notice.session,
            agent: session?.agent ?? null,
            dir: session?.dir ?? null,
            workspace: session?.workspace.name ?? null,
            project: session?.project ?? null,
            tags: session?.tags ?? [],
          },
    home: paths.home,
  };
}

/** The same for each try and each supervisor, and not used again by a home that was made anew. */
const idOf = ({cursor, at}: Entry): string => `${cursor}-${at.toString(36)}`;

/** Notices behind a cursor that are still of use. */
function* leftOf(store: Options['store'], since: number, now: number): Generator<Entry> {
  for (let cursor = since; cursor < store.cursor; ) {
    const entries = store.read({after: cursor, limit: AT_ONCE});
    if (entries.length === 0) return;
    for (const entry of entries) {
      cursor = entry.cursor;
      if (readNotice(entry) !== null && entry.at > now - STALE_MS) yield entry;
    }
  }
}

/** Throws `session.env` with the name of a variable that is unset. */
function expand({url, secret}: WebhookSettings, env: Options['env']): Endpoint {
  const sources = [env];
  const expanded = expandEnvironment({url, ...(secret === null ? {} : {secret})}, sources, 'the webhook');
  const target = expanded['url']!;
  if (isWebhookUrl(target)) return {url: target, secret: expanded['secret'] ?? null};
  throw new AmuxError('input.invalid', {why: 'its URL is none of http or https', next: 'change notices.webhooks'});
}

function titleOf(hook: WebhookSettings, {at, env}: {at: number; env: Options['env']}): string {
  try {
    return `webhook ${at + 1} (${new URL(expand(hook, env).url).host})`;
  } catch {
    return `webhook ${at + 1}`;
  }
}

function keyOf({url}: WebhookSettings): string {
  const {createHash} = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(url).digest('hex').slice(0, 16);
}
