import {type AmuxError, asAmuxError} from '../domain/errors.ts';
import type {Fleet, MessageInput, Sent, SessionView} from '../domain/fleet.ts';
import {findNamed} from '../domain/names.ts';
import {moodOf} from './attention.ts';
import {deliveryText} from './deliveries.ts';
import type {SessionDeed} from './dialogs.ts';
import {shownView, tiledSessions, walkedItems} from './fleet-view.ts';
import {idOf} from './grouping.ts';
import {meantIds} from './marks.ts';
import type {Notice} from './notice.ts';
import type {Store} from './store.ts';
import {readTags, type TagChange, withTags} from './tags.ts';

/** What is done with one session or several, by their ids. */
export type SessionDeeds = {
  /** The marked sessions that are there, else the selected one. */
  meant: () => string[];
  /** Finds them by name or its beginning; without names those that are meant. Says so when there is none. */
  onNamed: (names: readonly string[], use: (ids: string[]) => void) => void;
  /** The Fleet screen with this session selected, whatever narrows the list and whichever tiles are shown. */
  goTo: (id: string) => void;
  /** One text to one of them; what becomes of it is told until a while after its end. */
  send: (to: Pick<SessionView, 'id' | 'name'>, message: MessageInput) => Promise<Sent>;
  sendTo: (ids: readonly string[], message: MessageInput) => void;
  startThese: (ids: readonly string[]) => void;
  /** Asks before it stops one that works, or several. */
  stopThese: (ids: readonly string[]) => void;
  /** Asks before it restarts several. */
  restartThese: (ids: readonly string[]) => void;
  tagThese: (ids: readonly string[], change: TagChange) => void;
  /** Does what stands in the field for tags. */
  keepTags: () => void;
  /** For one that has just been made; resolves when it is up. */
  startNew: (session: SessionView, prompt?: string) => Promise<void>;
  /** Does what was asked about. */
  confirm: (deed: SessionDeed) => void;
};

type Options = {
  fleet: Fleet;
  store: Store;
  clock: () => number;
  say: (message: string, hint?: string) => void;
  fail: (error: unknown) => void;
  attempt: (work: () => Promise<unknown>) => void;
  isLost: () => boolean;
  start: (session: SessionView, prompt?: string) => Promise<unknown>;
  restart: (session: SessionView) => Promise<unknown>;
};

/** How it is spoken of: `stopping api`, `stopped 3 sessions`, `stop: refused by 1 of 3`. */
type Verb = {plain: string; doing: string; done: string};
const verbs = {
  start: {plain: 'start', doing: 'starting', done: 'started'},
  stop: {plain: 'stop', doing: 'stopping', done: 'stopped'},
  restart: {plain: 'restart', doing: 'restarting', done: 'restarted'},
} as const;

type Failure = {name: string; error: AmuxError};

export function sessionDeeds({fleet, store, clock, say, fail, attempt, isLost, start, restart}: Options): SessionDeeds {
  const {state, dispatch} = store;
  const all = (): readonly SessionView[] => state().sessions ?? [];
  const these = (ids: readonly string[]): SessionView[] =>
    ids.flatMap(id => all().find(session => session.id === id) ?? []);

  /** Each is asked at once; what went wrong with which. */
  const each = async <T extends {name: string}>(items: readonly T[], work: (item: T) => Promise<unknown>) => {
    const outcomes = await Promise.all(
      items.map(async (item): Promise<Failure[]> => {
        try {
          await work(item);
          return [];
        } catch (error) {
          return [{name: item.name, error: asAmuxError(error)}];
        }
      }),
    );
    return outcomes.flat();
  };

  /** How many succeeded; who refused, with the reasons. */
  const told = (count: number, {failed, done, plain}: {failed: Failure[]} & Pick<Verb, 'done' | 'plain'>): void => {
    if (failed.length === 0) {
      say(`${done} ${count} sessions`);
      return;
    }
    if (count === 1) {
      fail(failed[0]!.error);
      return;
    }
    const lines = failed.map(({name, error}) => `${name}: ${error.message} (${error.hint})`);
    const others = count - failed.length;
    const rest = others === 0 ? '' : `\n\n${done} ${others === 1 ? 'the other one' : `the other ${others}`}.`;
    const title = `${plain}: refused by ${failed.length} of ${count}`;
    dispatch({type: 'dialog', dialog: {kind: 'message', title, text: lines.join('\n') + rest}});
  };

  /** Stopping may take seconds: a notice stands for as long, and the same session is not asked twice at once. */
  const underWay = new Map<string, {doing: string; notice: Notice | null}>();
  const alone = async (verb: Verb, session: SessionView, work: () => Promise<unknown>): Promise<void> => {
    const already = underWay.get(session.id);
    say(already === undefined ? `${verb.doing} ${session.name}` : `${session.name}: still ${already.doing}`);
    const {notice} = state();
    if (already !== undefined) {
      already.notice = notice;
      return;
    }
    const mine = {doing: verb.doing, notice};
    underWay.set(session.id, mine);
    try {
      await work();
    } finally {
      underWay.delete(session.id);
      if (state().notice === mine.notice) dispatch({type: 'notice-read'});
    }
  };

  const perform = (verb: Verb, sessions: readonly SessionView[], work: (session: SessionView) => Promise<unknown>) => {
    const [only] = sessions;
    if (only === undefined) return;
    if (sessions.length === 1) return attempt(() => alone(verb, only, () => work(only)));
    attempt(async () => {
      say(`${verb.doing} ${sessions.length} sessions`);
      told(sessions.length, {...verb, failed: await each(sessions, work)});
    });
  };
  const does: Record<SessionDeed['do'], (session: SessionView) => Promise<unknown>> = {
    stop: session => fleet.stop(session.id),
    restart,
  };
  /** Nothing is asked that could not be done. */
  const ask = (deed: SessionDeed['do'], sessions: readonly SessionView[]): void => {
    if (!isLost()) dispatch({type: 'dialog', dialog: question(deed, sessions)});
  };

  const send: SessionDeeds['send'] = async (to, message) => {
    const sent = await fleet.send(to.id, message);
    // It may have gone meanwhile, and what was sent to it with it.
    const isThere = these([to.id]).length > 0;
    if (isThere) dispatch({type: 'delivery', step: {do: 'sent', sent, to, now: clock(), known: state().entries}});
    return sent;
  };

  const follow = (message: string, hint = ''): void =>
    dispatch({type: 'notice', notice: {kind: 'info', message, hint, at: clock(), follows: 'deliveries'}});

  const tagThese = (ids: readonly string[], change: TagChange): void => {
    const sessions = these(ids);
    const text = [...change.add.map(tag => `+${tag}`), ...change.remove.map(tag => `-${tag}`)].join(' ');
    attempt(async () => {
      const failed = await each(sessions, async ({id}) => {
        // Somebody else may have changed them a moment ago.
        const {tags} = await fleet.session(id);
        const next = withTags(tags, change);
        if (next !== tags) await fleet.update(id, {tags: [...next]});
      });
      if (sessions.length === 1 && failed.length === 0) return say(`${sessions[0]!.name}: ${text}`);
      told(sessions.length, {failed, done: `${text} for`, plain: text});
    });
  };

  const meant = (): string[] => meantIds(state()).filter(id => all().some(session => session.id === id));

  return {
    meant,

    onNamed(names, use) {
      try {
        const ids = names.map(name => findNamed(all(), name).id);
        const found = ids.length > 0 ? [...new Set(ids)] : meant();
        if (found.length === 0) say('no session is selected');
        else use(found);
      } catch (error) {
        fail(error);
      }
    },

    goTo(id) {
      if (state().place !== 'fleet') dispatch({type: 'place', place: 'fleet'});
      // No tile shows it: tiles would keep the selection, and keys would mean what is not in sight.
      const isTile = tiledSessions(state()).some(session => session.id === id);
      if (shownView(state()) === 'tiles' && !isTile) dispatch({type: 'view', view: 'cards'});
      dispatch({type: 'select', session: id});
      if (walkedItems(state()).some(item => idOf(item) === id)) return;
      dispatch({type: 'filter', text: ''});
      dispatch({type: 'only-mine', on: false});
      dispatch({type: 'select', session: id});
    },

    send,

    sendTo(ids, message) {
      const sessions = these(ids);
      const [only] = sessions;
      if (only === undefined) return say('nobody is there any more to send it to');
      attempt(async () => {
        if (sessions.length > 1) {
          const failed = await each(sessions, session => send(session, message));
          if (failed.length === 0) return follow(`queued for ${sessions.length} sessions`);
          return told(sessions.length, {failed, done: 'queued for', plain: 'send'});
        }
        const sent = await send(only, message);
        // Its steps may have been told before this answer came.
        const delivery = state().deliveries.find(({id}) => id === sent.id);
        const now = delivery?.state ?? sent.state;
        follow(deliveryText({name: only.name, state: now}), now === sent.state ? sent.reason : '');
      });
    },

    startThese(ids) {
      const sessions = these(ids).filter(({running}) => !running);
      if (sessions.length === 0) say(ids.length === 1 ? 'it runs already' : 'they all run already');
      perform(verbs.start, sessions, session => start(session));
    },

    stopThese(ids) {
      const sessions = these(ids).filter(({running}) => running);
      if (sessions.length === 0) return say(ids.length === 1 ? 'it does not run' : 'none of them runs');
      if (sessions.length > 1 || moodOf(sessions[0]!) === 'working') return ask('stop', sessions);
      perform(verbs.stop, sessions, does.stop);
    },

    restartThese(ids) {
      const sessions = these(ids);
      const [only] = sessions;
      if (sessions.length > 1 || (only !== undefined && moodOf(only) === 'working')) return ask('restart', sessions);
      perform(verbs.restart, sessions, does.restart);
    },

    tagThese,

    keepTags() {
      const {dialog} = state();
      if (dialog.kind !== 'tags' || isLost()) return; // What was written stays.
      dispatch({type: 'dialog', dialog: {kind: 'none'}});
      const change = readTags(dialog.field.text);
      if (change.add.length + change.remove.length > 0) tagThese(dialog.to, change);
    },

    startNew: (session, prompt) => alone(verbs.start, session, () => start(session, prompt)),

    confirm(deed) {
      dispatch({type: 'dialog', dialog: {kind: 'none'}});
      const sessions = these(deed.sessions);
      if (sessions.length === 0) return say(`nobody is there any more to ${verbs[deed.do].plain}`);
      perform(verbs[deed.do], sessions, does[deed.do]);
    },
  };
}

function question(deed: SessionDeed['do'], sessions: readonly SessionView[]) {
  const [only] = sessions;
  const one = sessions.length === 1;
  const verb = deed === 'stop' ? 'Stop' : 'Restart';
  const working = sessions.filter(session => moodOf(session) === 'working').length;
  const busy =
    working === 0 ? '' : one ? 'It is working. ' : `${working} of them ${working === 1 ? 'is' : 'are'} working. `;
  const names = sessions.map(({name}) => name).join(', ');
  const running = sessions.filter(session => session.running).length;
  const trees = running === sessions.length ? 'Their process trees end' : `The process trees of ${running} end`;
  const all =
    running === 0 ? 'None of them runs: they are started.' : `${trees}; the conversations stay with the agents.`;
  return {
    kind: 'confirm',
    question: `${verb} ${one ? only!.name : `${sessions.length} sessions`}?`,
    detail: one ? `${busy}Its process tree ends; the conversation stays with the agent.` : `${names}. ${busy}${all}`,
    yes: `${verb.toLowerCase()} ${one ? 'it' : 'them'}`,
    deed: {do: deed, sessions: sessions.map(({id}) => id)},
  } as const;
}
