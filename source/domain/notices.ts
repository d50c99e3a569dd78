import type {Entry, EventType} from './events.ts';
import type {WaitingFor, WaitingKind} from './evidence.ts';
import {oneLine} from './names.ts';
import type {Session} from './session.ts';

/** What a person may want to be told of without looking. */
export const noticeKinds = ['waiting', 'finished', 'failed', 'limit', 'budget'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** How desktop notices are shown. `auto`: over SSH by the terminal, else by the session bus where there is one. */
export const desktopWays = ['auto', 'terminal', 'notify-send', 'off'] as const;
export type DesktopWay = (typeof desktopWays)[number];

/** As written in the configuration: `url` and `secret` may hold references. */
export type WebhookSettings = {url: string; secret: string | null; on: readonly NoticeKind[]};

/** Which notices go where. */
export type NoticeSettings = {
  bell: readonly NoticeKind[];
  desktop: DesktopWay;
  /** What a desktop is told. */
  on: readonly NoticeKind[];
  webhooks: readonly WebhookSettings[];
};

/** A long detail is cut after so many characters. */
const TEXT_MAX = 240;

/** What a state tells. The same `key` again is the same news; `ref`: what it asks for, null where that has no id. */
export type News = {kind: NoticeKind; text: string; key: string; ref: string | null};

/** A state of which people are told, once it has lasted for `settleMs`. */
type StateRule = {
  kind: NoticeKind;
  settleMs: number;
  /** Null: it is not in this state. `before`: what it was until now; null: that is not known. */
  of: (session: Session, before: Session | null) => Omit<News, 'kind'> | null;
};

/** The first that holds counts. */
export const stateRules: readonly StateRule[] = [
  {
    kind: 'limit',
    settleMs: 1500,
    of: ({activity, waitingFor}) => (activity === 'waiting' && waitingFor?.kind === 'limit' ? waits(waitingFor) : null),
  },
  {
    // What a rule of the configuration answers, or a dialog that is only drawn on the way, is gone before.
    kind: 'waiting',
    settleMs: 1500,
    of({activity, waitingFor, requests, watch}) {
      if (activity !== 'waiting' || helpsItself(watch)) return null;
      return {...waits(waitingFor), ref: requests[0]?.id ?? null};
    },
  },
  {
    // The next message of its queue is typed at once: then its turn was not the last.
    kind: 'finished',
    settleMs: 2000,
    of: ({activity}) => (activity === 'finished' ? {text: 'its turn has ended', key: 'turn', ref: null} : null),
  },
  {
    // A program that worked until it ended well. One that was at rest was left by a person.
    kind: 'finished',
    settleMs: 1000,
    of: ({status, run}, before) =>
      status === 'completed' && before?.activity === 'working'
        ? {text: 'it has ended, exit code 0', key: `end ${run?.id ?? ''}`, ref: null}
        : null,
  },
  {
    kind: 'failed',
    settleMs: 1500,
    of: ({status, reason, run}) =>
      status === 'failed' || status === 'orphaned'
        ? {text: brief(reason), key: `${status} ${run?.id ?? ''}`, ref: null}
        : null,
  },
];

/** Entries of the journal that are news by themselves, whatever the sessions do; `text` null: this one is none. */
type EntryRule = {type: EventType; kind: NoticeKind; text: (entry: Entry) => string | null};

/** Rules of the watchdog whose firings nothing else tells of, when something begins. What is only reported is none. */
const FOUND = /^(?:(stuck): stuck|(envelope): (?:over|stop|restart)|stale-(claim): (?:mark|reset)); (.*)$/s;

export const entryRules: readonly EntryRule[] = [
  {type: 'budget.near', kind: 'budget', text: ({reason}) => brief(reason)},
  {type: 'budget.over', kind: 'budget', text: ({reason}) => brief(reason)},
  {
    type: 'watchdog.fired',
    kind: 'waiting',
    text({reason}) {
      const [, stuck, envelope, claim, why] = FOUND.exec(reason) ?? [];
      return why === undefined ? null : brief(`${stuck ?? envelope ?? claim}: ${why}`);
    },
  },
  {type: 'watchdog.alarm', kind: 'failed', text: ({reason}) => brief(reason)},
];

export function newsOf(session: Session, before: Session | null): (News & {settleMs: number}) | null {
  for (const {kind, settleMs, of} of stateRules) {
    const found = of(session, before);
    if (found !== null) return {kind, settleMs, ...found};
  }
  return null;
}

/** It is tried again, or compacted, without anybody. */
const helpsItself = ({pause, compaction}: Session['watch']): boolean =>
  compaction !== null || (pause !== null && (pause.until !== null || pause.step === 'new' || pause.step === 'tried'));

function waits(waitingFor: WaitingFor | null): Omit<News, 'kind'> {
  const {kind = 'question', detail = ''} = waitingFor ?? {};
  const said = brief(detail);
  return {text: said === '' || said === kind ? kind : `${kind}: ${said}`, key: `${kind} ${said}`, ref: null};
}

function brief(text: string): string {
  const line = oneLine(text).replace(/\s+/g, ' ');
  return line.length <= TEXT_MAX ? line : `${[...line].slice(0, TEXT_MAX - 1).join('')}…`;
}

/** A notice as it went out. `at`: ms since the epoch; `session` null: it is about the fleet. */
export type Notice = {
  kind: NoticeKind;
  text: string;
  session: {id: string; name: string} | null;
  at: number;
  cursor: number;
};

/** How the journal says it. */
export const noticeReason = ({kind, text}: Pick<Notice, 'kind' | 'text'>): string => `${kind} · ${text}`;

/** Null: the entry is no notice. `at` of the entry in ms since the epoch. */
export function readNotice(entry: Pick<Entry, 'type' | 'reason' | 'session' | 'at' | 'cursor'>): Notice | null {
  if (entry.type !== 'notice.told') return null;
  const [, word, text] = /^(\w+) · (.*)$/s.exec(entry.reason) ?? [];
  const kind = noticeKinds.find(each => each === word);
  if (kind === undefined || text === undefined) return null;
  return {kind, text, session: entry.session, at: entry.at, cursor: entry.cursor};
}

/** What somebody waits for, out of the text of a notice; null: it is about something else. */
export function waitingForOf({kind, text}: Pick<Notice, 'kind' | 'text'>): WaitingFor | null {
  if (kind !== 'waiting' && kind !== 'limit') return null;
  const [, word = text, detail = ''] = /^(\w+): (.*)$/s.exec(text) ?? [];
  return {kind: word as WaitingKind, detail};
}

const VERBS: Record<NoticeKind, string> = {
  waiting: 'needs you',
  finished: 'is done',
  failed: 'failed',
  limit: 'has reached a limit',
  budget: 'budget',
};

/** One sentence for people: `payments needs you: permission: Bash rm -rf dist`. */
export const sentence = ({kind, text, session}: Pick<Notice, 'kind' | 'text' | 'session'>): string =>
  session === null ? `${VERBS[kind]}: ${text}` : `${session.name} ${VERBS[kind]}: ${text}`;

/** How many are named where several come at once. */
const NAMED = 4;

/** Several that come at once are told as one. */
export function digest(notices: readonly Pick<Notice, 'kind' | 'text' | 'session'>[]): {title: string; body: string} {
  const [first] = notices;
  if (first === undefined) return {title: 'amux', body: ''};
  if (notices.length === 1) {
    const {session, kind, text} = first;
    return {title: `amux: ${session === null ? VERBS[kind] : `${session.name} ${VERBS[kind]}`}`, body: text};
  }
  const parts = noticeKinds.flatMap(kind => {
    const names = [...new Set(notices.filter(each => each.kind === kind).map(({session}) => session?.name ?? 'fleet'))];
    if (names.length === 0) return [];
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    return [`${kind}: ${names.slice(0, NAMED).join(', ')}${more}`];
  });
  return {title: `amux: ${notices.length} notices`, body: parts.join('; ')};
}

/** What became of a trial of one channel. */
export type NoticeTrial = {channel: string; ok: boolean; says: string};

/** Telling people what they do not look at. */
export interface Notices {
  /**
   * Somebody (`viewer`, an id of his own choice) looks at these sessions from now on, for two minutes at most; none: at
   * nothing. No notice goes out for what is looked at.
   */
  lookAt(input: {viewer: string; sessions: string[]}): Promise<void>;
  /** Sends a trial through every channel that the supervisor serves: webhooks, and `notify-send`. */
  testNotices(): Promise<NoticeTrial[]>;
}
