import {useEffect, useRef} from 'react';
import {asAmuxError} from '../../domain/errors.ts';
import type {SessionView} from '../../domain/fleet.ts';
import {sessionSize} from '../layout.ts';
import {currentLayout, type State} from '../state.ts';
import type {Source} from './use-fleet.ts';

/** The layout has to be this long unchanged before terminals follow it, in ms. */
const SETTLE_MS = 300;

/** Neither is a fault of a size: the one has none any more, and of the other the cockpit tells by itself. */
const UNTOLD = ['session.not-running', 'session.unknown', 'supervisor.unreachable'];

/** Gives running sessions the peek's size once the layout is stable; a zoomed one takes its own. */
export function useSizes(source: Source, {state, follows}: {state: State; follows: boolean}): void {
  const sent = useRef(new Map<string, string>());
  const layout = currentLayout(state);
  const size = follows && state.place !== 'scrollback' ? sessionSize(layout) : null;
  const running = (state.sessions ?? []).filter(session => session.running);
  const affected = layout.kind === 'zoom' ? running.filter(session => session.id === state.selected) : running;
  const lives = affected.map(lifeOf).join(' ');
  const {epoch} = state;
  // What could not be sent meanwhile is sent when the connection is there again.
  const isLost = state.connection.kind === 'lost';
  const cols = size?.cols;
  const rows = size?.rows;

  useEffect(() => {
    if (isLost || cols === undefined || rows === undefined || lives === '') return;
    const timer = setTimeout(() => {
      forgetGone(sent.current, source.store.state().sessions ?? []);
      for (const life of lives.split(' ')) {
        // What an attached terminal did to the sizes is unknown: a new epoch sends them all again.
        const wanted = `${cols}x${rows} ${epoch}`;
        if (sent.current.get(life) === wanted) continue;
        sent.current.set(life, wanted);
        const id = life.slice(0, life.lastIndexOf('/'));
        source.fleet.resize(id, {cols, rows}).catch(error => {
          sent.current.delete(life);
          if (!UNTOLD.includes(asAmuxError(error).code)) source.fail(error);
        });
      }
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [source, cols, rows, lives, epoch, isLost]);
}

/** Started again, a session is sized anew. */
const lifeOf = ({id, started_at}: SessionView): string => `${id}/${started_at}`;

/** Keeps what was sent to lives that go on: else every life of a long day would leave an entry. */
export function forgetGone(sent: Map<string, string>, sessions: readonly SessionView[]): void {
  const going = new Set(sessions.filter(({running}) => running).map(lifeOf));
  for (const life of sent.keys()) if (!going.has(life)) sent.delete(life);
}
