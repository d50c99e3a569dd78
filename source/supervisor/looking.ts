import {AmuxError} from '../domain/errors.ts';
import type {AttachPlan, Fleet} from '../domain/fleet.ts';
import type {Screen} from '../domain/screen.ts';
import {isLive} from '../domain/session.ts';
import type {TranscriptEntry} from '../domain/transcript.ts';
import {explain} from './explain.ts';
import {keptRows, readLastScreen} from './last-screen.ts';
import {peekOf} from './peek.ts';
import type {Roster} from './roster.ts';
import type {Runner} from './runner.ts';
import {latestOf} from './streams.ts';
import {readTranscript, spoken, TRANSCRIPT_ENTRIES} from './transcript.ts';
import {runViews} from './view.ts';

/** Lines of a log when nobody says how many, and the most of them. */
const LOG_LINES = 2000;
const LOG_LINES_MAX = 20_000;

type Looking = Pick<
  Fleet,
  | 'sessions'
  | 'session'
  | 'peek'
  | 'transcript'
  | 'logs'
  | 'scrollback'
  | 'screens'
  | 'runs'
  | 'explain'
  | 'seen'
  | 'attach'
  | 'attached'
>;

type Options = {roster: Roster; screensDir: string; detachKey: string; now: () => number};

/** What shows sessions and joins their terminals. */
export function looking({roster, screensDir, detachKey, now}: Options): Looking {
  const transcript = async (runner: Runner, limit = TRANSCRIPT_ENTRIES): Promise<TranscriptEntry[]> => {
    const {session, doors} = runner;
    const said = isLive(session) ? await doors.stream?.said().catch(() => null) : null; // It is just starting or ending.
    return said != null ? said.last(limit) : readTranscript(roster.agentOf(session), session, limit);
  };

  return {
    async sessions({all = false} = {}) {
      return roster.listed(all).map(runner => roster.view(runner));
    },

    async session(ref) {
      return roster.view(roster.find(ref));
    },

    async peek(ref, options = {}) {
      const runner = roster.find(ref);
      const {id, name} = runner.session;
      const live = await roster.inTerminal(runner, backend => backend.capture(id));
      return peekOf(name, live ?? readLastScreen(screensDir, id)?.screen ?? null, options);
    },

    async transcript(ref, {limit} = {}) {
      return transcript(roster.find(ref), limit);
    },

    async logs(ref, options = {}) {
      const runner = roster.find(ref);
      const {id} = runner.session;
      const lines = Math.min(Math.max(0, options.lines ?? LOG_LINES), LOG_LINES_MAX);
      const entries = await transcript(runner);
      if (entries.length > 0) {
        const screen = await roster.inTerminal(runner, backend => backend.capture(id));
        return spoken(entries, screen ?? readLastScreen(screensDir, id)?.screen ?? null, lines);
      }
      const live = await roster.inTerminal(runner, backend => backend.history(id, lines));
      if (live !== null) return live;
      const history = readLastScreen(screensDir, id)?.history ?? [];
      return lines === 0 ? [] : history.slice(-lines);
    },

    async scrollback(ref, {lines = LOG_LINES} = {}) {
      const runner = roster.find(ref);
      const {id} = runner.session;
      const wanted = Math.min(lines, LOG_LINES_MAX);
      const rows = await roster.inTerminal(runner, backend => backend.rows(id, wanted));
      const last = readLastScreen(screensDir, id);
      const cols = runner.screen.last?.cols ?? last?.screen?.cols ?? 0;
      return {cols, rows: rows ?? keptRows(last, wanted)};
    },

    async *screens(ref, signal) {
      const {screen, session} = roster.find(ref);
      if (screen.last === null && !isLive(session)) {
        const kept = readLastScreen(screensDir, session.id)?.screen;
        if (kept != null) screen.keep(kept);
      }
      const {signal: forgotten} = screen.forgotten;
      yield* latestOf<Screen>(listener => screen.watch(listener), AbortSignal.any([signal, forgotten]));
      if (!signal.aborted) throw new AmuxError('session.unknown', {ref});
    },

    async runs(ref) {
      return runViews(roster.find(ref).session);
    },

    async explain(ref) {
      const {session, held} = roster.find(ref);
      const settings = roster.settingsOf(session);
      return explain(session, {now: now(), url: roster.apiUrl, mcp: roster.mcp, settings, held});
    },

    async seen(ref) {
      const runner = roster.find(ref);
      runner.observe({source: 'person', at: now(), act: 'seen'}, 'person');
      return roster.view(runner);
    },

    async attach(ref): Promise<AttachPlan> {
      const {session} = roster.live(ref);
      const {id, name} = session;
      const backend = roster.backendOf(session);
      const argv = backend.attachArgv(id);
      if (argv !== null) return {via: 'tmux', argv, name, detachKey};
      return {via: 'pty', socket: backend.socket, terminal: id, name, detachKey};
    },

    async attached(ref, state) {
      const runner = roster.find(ref);
      runner.expectRepaint();
      if (state === 'off') await roster.inTerminal(runner, backend => backend.detached(runner.session.id));
      runner.screen.resized();
    },
  };
}
