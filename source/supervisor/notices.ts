import {statSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import type {Backend} from '../backends/backend.ts';
import type {Paths} from '../config/paths.ts';
import {loadSettings} from '../config/settings.ts';
import type {Entry} from '../domain/events.ts';
import {type Due, watchForNotices} from '../domain/notice-watch.ts';
import {
  digest,
  type Notice,
  type NoticeKind,
  type NoticeSettings,
  type Notices,
  type NoticeTrial,
  noticeReason,
  readNotice,
} from '../domain/notices.ts';
import type {DeliveriesOptions} from '../notices/deliveries.ts';
import {type DesktopNotice, hasDesktop, notifySend} from '../notices/notify-send.ts';
import type {Store} from '../store/store.ts';
import {Alarm} from './alarm.ts';
import {onlookers} from './onlookers.ts';
import {unlessFull} from './spends.ts';
import {webhooks} from './webhooks.ts';

/** Entries that a new supervisor reads to know what was told: more than come in a settling time. */
const PAST = 500;

export type NoticeOptions = {
  store: Store;
  backends: readonly Backend[];
  paths: Paths;
  version: string;
  /** Of the supervisor: values of references, and the way to a desktop. */
  env: Readonly<Record<string, string | undefined>>;
  now: () => number;
  note: (why: string) => void;
  /** What else is of the outside world; for tests. */
  outside?: Partial<Pick<DeliveriesOptions, 'pause' | 'random'>> & {
    show?: (notice: DesktopNotice) => Promise<string | null>;
  };
};

export type NoticeKeeper = Notices & {
  /** Whether it shows notices on the desktop of this machine. */
  desktop: () => boolean;
  close: () => Promise<void>;
};

/** Tells people once of what they do not look at: a journal entry, which open cockpits ring for, desktop and webhooks. */
export function noticeKeeper(options: NoticeOptions): NoticeKeeper {
  const {store, backends, paths, env, now, note, outside = {}} = options;
  const settings = settingsOf(paths.config);
  const show = outside.show ?? (notice => notifySend(notice, env));
  const eyes = onlookers({backends, now});
  const past = store.read({after: Math.max(0, store.cursor - PAST), limit: PAST});
  const watch = watchForNotices(past, store.state.sessions.values());
  const posts = webhooks({
    ...options,
    settings: () => settings().webhooks,
    pause: outside.pause ?? ((ms, signal) => pause(ms, undefined, {signal, ref: false})),
    random: outside.random ?? Math.random,
  });
  let running: Promise<void> = Promise.resolve();
  let closed = false;
  let desktopFails = false;

  const desktop = (): boolean => {
    const way = settings().desktop;
    return way === 'notify-send' || (way === 'auto' && hasDesktop(env));
  };

  const tellAll = async (due: readonly Due[]): Promise<void> => {
    const wanted = wantedBy(settings());
    const those = due.filter(({news}) => wanted.has(news.kind));
    const unwatched = new Set((await eyes.unwatched(those.flatMap(({session}) => session ?? []))).map(({id}) => id));
    if (closed) return;
    const told = those
      .filter(({session}) => session === null || unwatched.has(session.id))
      .map(({session, news}) =>
        store.append({
          type: 'notice.told',
          actor: 'supervisor',
          at: now(),
          session,
          reason: noticeReason(news),
          changes: [],
        }),
      );
    for (const entry of told) posts.tell(entry);
    await onDesktop(told);
  };

  const onDesktop = async (told: readonly Entry[]): Promise<void> => {
    const {on} = settings();
    const notices = told
      .map(readNotice)
      .filter((notice): notice is Notice => notice !== null && on.includes(notice.kind));
    if (notices.length === 0 || !desktop()) return;
    const why = await show({...digest(notices), urgent: notices.some(({kind}) => kind !== 'finished')});
    // Told once, until one is shown again.
    if (why !== null && !desktopFails) note(`notify-send showed nothing: ${why}`);
    desktopFails = why !== null;
  };

  const look = (): void => {
    if (closed) return;
    const due = watch.take(now());
    alarm.set(watch.wake());
    if (due.length === 0) return;
    running = running
      .then(() => tellAll(due))
      .catch(error => unlessFull(() => note(`notices: ${(error as Error).message}`)));
  };
  const alarm = new Alarm(now, look);
  const unfollow = store.onEntry(entry => {
    watch.follow(entry);
    alarm.set(watch.wake());
  });
  alarm.set(watch.wake());

  return {
    async lookAt(seen) {
      eyes.lookAt(seen);
    },

    async testNotices() {
      const trials: NoticeTrial[] = await posts.test();
      if (!desktop()) return trials;
      const why = await show({title: 'amux', body: 'this is a trial', urgent: false});
      return [{channel: 'notify-send', ok: why === null, says: why ?? 'shown'}, ...trials];
    },

    desktop,

    async close() {
      closed = true;
      unfollow();
      alarm.close();
      await posts.close();
      await running;
    },
  };
}

/** As the file says now; while it is invalid, what it said before. */
function settingsOf(file: string): () => NoticeSettings {
  let last: NoticeSettings = {bell: [], desktop: 'off', on: [], webhooks: []};
  let stamp = 'none';
  return () => {
    const now = stampOf(file);
    if (now === stamp) return last;
    stamp = now;
    try {
      last = loadSettings(file).settings.notices;
    } catch {
      // Whoever starts something next is told.
    }
    return last;
  };
}

function stampOf(file: string): string {
  const found = statSync(file, {throwIfNoEntry: false});
  return found === undefined ? 'missing' : `${found.ino} ${found.size} ${found.mtimeMs}`;
}

/** What no channel wants is no entry either. */
const wantedBy = ({bell, desktop, on, webhooks}: NoticeSettings): ReadonlySet<NoticeKind> =>
  new Set([...bell, ...(desktop === 'off' ? [] : on), ...webhooks.flatMap(hook => hook.on)]);
