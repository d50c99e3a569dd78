import type {Entry} from './events.ts';
import {entryRules, type News, newsOf, readNotice} from './notices.ts';
import type {Session} from './session.ts';

/** What comes again within this time after it was over is the same news, in ms. */
export const FLICKER_MS = 5000;
/** What was due so long before the end of a journal was dealt with by whoever wrote that, in ms. */
const DEALT_WITH_MS = 1000;

/** News that has lasted. `at`: when it began, ms since the epoch. */
export type Due = {session: {id: string; name: string} | null; at: number; news: News};

/**
 * What is known of one session. `last`: what was told, or passed over; `overAt` null: that still is so; `answered`:
 * somebody did something about it since, so that the same afterwards is no flicker.
 */
type Track = {
  session: Session;
  pending: {news: News; at: number; dueAt: number} | null;
  last: {news: News; overAt: number | null; answered: boolean} | null;
};

export type NoticeWatch = {
  follow: (entry: Entry) => void;
  /** Takes what has lasted until now. */
  take: (now: number) => Due[];
  /** When to take next, ms since the epoch; null: nothing is on its way. */
  wake: () => number | null;
};

/**
 * Makes news of a journal, each once. It has no clock: its state is made of entries alone, so that whoever reads the
 * same journal goes on where the one before was killed. `past`: its last entries; `sessions`: as they are now.
 */
export function watchForNotices(past: readonly Entry[], sessions: Iterable<Session>): NoticeWatch {
  const tracks = new Map<string, Track>();
  let loose: Due[] = [];

  const follow = (entry: Entry): void => {
    for (const rule of entryRules) {
      const text = rule.type === entry.type ? rule.text(entry) : null;
      if (text === null) continue;
      const news = {kind: rule.kind, text, key: String(entry.cursor), ref: null};
      loose.push({session: entry.session, at: entry.at, news});
    }
    if (entry.type === 'notice.told') {
      told(entry);
      return;
    }
    for (const change of entry.changes) {
      if (change.kind === 'session.delete') tracks.delete(change.id);
      if (change.kind !== 'session.put') continue;
      const {session} = change;
      const isNews = entry.type === 'session.activity' || entry.type === 'session.status';
      const track = tracks.get(session.id) ?? firstSight(session, isNews);
      tracks.set(session.id, step(track, session, entry.at));
    }
    const acted = isAct(entry) ? tracks.get(entry.session?.id ?? '') : undefined;
    if (acted?.last != null) acted.last = {...acted.last, answered: true};
  };

  const told = (entry: Entry): void => {
    const notice = readNotice(entry);
    if (notice === null) return;
    const track = notice.session === null ? undefined : tracks.get(notice.session.id);
    if (track === undefined) loose = loose.filter(({news}) => news.text !== notice.text);
    // What began while it went out is still to be told.
    else if (track.pending?.news.text === notice.text) pass(track);
  };

  const take = (now: number): Due[] => {
    const due: Due[] = loose;
    loose = [];
    for (const track of tracks.values()) {
      const {pending, session} = track;
      if (pending === null || pending.dueAt > now) continue;
      due.push({session: {id: session.id, name: session.name}, at: pending.at, news: pending.news});
      pass(track);
    }
    return due;
  };

  const wake = (): number | null => {
    let earliest = loose[0]?.at ?? Number.POSITIVE_INFINITY;
    for (const {pending} of tracks.values()) if (pending !== null) earliest = Math.min(earliest, pending.dueAt);
    return Number.isFinite(earliest) ? earliest : null;
  };

  for (const entry of past) follow(entry);
  take((past.at(-1)?.at ?? 0) - DEALT_WITH_MS);
  // Entries without a settling time are told in the moment in which they come: only the last may not have been.
  loose = [];
  for (const session of sessions) if (!tracks.has(session.id)) tracks.set(session.id, firstSight(session, false));
  return {follow, take, wake};
}

/** What it tells already is no news, unless just that is being told. */
function firstSight(session: Session, isNews: boolean): Track {
  const before = isNews ? null : newsOf(session, null);
  const idle: Session = {...session, status: 'stopped', activity: 'unknown', waitingFor: null};
  return {
    session: isNews ? idle : session,
    pending: null,
    last: before === null ? null : lastOf(before, null),
  };
}

/** Its news is told now, or passed over. */
function pass(track: Track): void {
  if (track.pending === null) return;
  const isNow = newsOf(track.session, null) !== null;
  track.last = lastOf(track.pending.news, isNow ? null : track.pending.dueAt);
  track.pending = null;
}

function step(track: Track, session: Session, at: number): Track {
  const before = track.session;
  if (stateOf(before) === stateOf(session)) return {...track, session};
  const found = newsOf(session, before);
  const {pending, last} = track;
  if (found === null) {
    const over = last === null || last.overAt !== null || isAwayFrom(last.news, session) ? last : {...last, overAt: at};
    // Somebody saw that it is done: whether that was a person who looked is asked when it is due.
    const stays = pending?.news.kind === 'finished' && session.activity === 'idle';
    return {session, pending: stays ? pending : null, last: over};
  }
  const {settleMs, ...news} = found;
  if (last !== null && isSame(last, news, at)) return {session, pending: null, last: lastOf(news, null)};
  const goesOn = pending !== null && pending.news.kind === news.kind;
  const next = goesOn ? {...pending, news} : {news, at, dueAt: at + settleMs};
  return {session, pending: next, last};
}

/** Its process is exchanged or comes back after a crash: the turn that was told of is finished still. */
const isAwayFrom = ({kind}: News, {status, unseen, rested}: Session): boolean =>
  kind === 'finished' && unseen && (status === 'starting' || !rested);

/** Whether what was told is what is told now. */
function isSame({news: told, overAt, answered}: NonNullable<Track['last']>, news: News, at: number): boolean {
  if (told.kind !== news.kind) return false;
  if (overAt !== null) return !answered && at - overAt < FLICKER_MS && told.key === news.key;
  // It goes on: what it waits for is only read better, unless it asks for something else.
  return told.ref === null || news.ref === null ? isLikely(told, news) : told.ref === news.ref;
}

const lastOf = (news: News, overAt: number | null): NonNullable<Track['last']> => ({news, overAt, answered: false});

/** A person's answer, or the next message: what a supervisor only sees of an end may be a flicker. */
const isAct = ({type, actor, changes}: Entry): boolean =>
  (type === 'approval.settled' && actor !== 'supervisor') ||
  changes.some(change => change.kind === 'message.state' && change.state === 'pasted');

const isLikely = (told: News, news: News): boolean => news.kind !== 'failed' || told.key === news.key;

const stateOf = ({status, activity, waitingFor, requests, run}: Session): string =>
  JSON.stringify([status, activity, waitingFor?.kind, waitingFor?.detail, requests[0]?.id, run?.id]);
