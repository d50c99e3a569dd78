import type {Fleet} from '../domain/fleet.ts';
import {rowText} from '../domain/screen.ts';
import {COPY_MAX, copySequence} from './clipboard.ts';
import {scrollHeight} from './layout.ts';
import type {CockpitOptions} from './options.ts';
import {textToCopy} from './scrollback.ts';
import {currentLayout, selectedSession} from './state.ts';
import type {Store} from './store.ts';
import {fieldOf} from './text-field.ts';

/** Lines of history that are asked for at most; the fleet has a bound for their styles besides. */
const LINES = 5000;

export type ScrollDeeds = {
  /** What the selected session's terminal showed, from its end. */
  openScrollback: () => void;
  readScrollback: () => void;
  closeScrollback: () => void;
  openSearch: () => void;
  cancelSearch: () => void;
  /** The selected lines, or those in sight, to the clipboard of this terminal. */
  copyLines: () => void;
  /** The whole of it in an editor; what is changed there is dropped. */
  editScrollback: () => void;
};

type Options = {
  fleet: Fleet;
  store: Store;
  options: Pick<CockpitOptions, 'edit' | 'env'>;
  write: (sequence: string) => void;
  lend: (use: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  say: (message: string, hint?: string) => void;
  fail: (error: unknown) => void;
  isLost: () => boolean;
};

/** What keys do with the history of a terminal. */
export function scrollDeeds({fleet, store, options, write, lend, say, fail, isLost}: Options): ScrollDeeds {
  const {dispatch, state} = store;
  let newest = 0;

  const read = async (session: string): Promise<void> => {
    const own = ++newest;
    dispatch({type: 'scrollback', step: {do: 'reading'}});
    const tell = (scrollback: Awaited<ReturnType<Fleet['scrollback']>> | null): void => {
      if (own === newest) dispatch({type: 'scrollback', step: {do: 'read', session, scrollback}});
    };
    try {
      tell(await fleet.scrollback(session, {lines: LINES}));
    } catch (error) {
      tell(null);
      if (own === newest) fail(error);
    }
  };

  const close = (): void => dispatch({type: 'dialog', dialog: {kind: 'none'}});

  return {
    openScrollback() {
      const session = selectedSession(state());
      if (session === null || isLost()) return;
      const {id, name} = session;
      const seen = state().screens.get(id) ?? null;
      dispatch({type: 'place', place: 'scrollback'});
      dispatch({type: 'scrollback', step: {do: 'open', session: id, name, editor: options.edit !== undefined, seen}});
      void read(id);
    },

    readScrollback() {
      const {scroll} = state();
      if (scroll !== null && !isLost()) void read(scroll.session);
    },

    closeScrollback() {
      dispatch({type: 'place', place: 'fleet'});
    },

    openSearch() {
      const {scroll} = state();
      if (scroll === null) return;
      const {needle, at: from} = scroll;
      dispatch({type: 'dialog', dialog: {kind: 'search', field: fieldOf(), before: needle, from}});
    },

    cancelSearch() {
      const {dialog} = state();
      if (dialog.kind !== 'search') return;
      close();
      dispatch({type: 'scrollback', step: {do: 'search', text: dialog.before, from: dialog.from, stay: true}});
    },

    copyLines() {
      const {scroll} = state();
      if (scroll === null) return;
      const lines = textToCopy(scroll, scrollHeight(currentLayout(state())));
      const text = `${lines.join('\n')}\n`;
      const sequence = copySequence(text, options.env ?? {});
      const count = `${lines.length} line${lines.length === 1 ? '' : 's'}`;
      if (sequence === null) {
        const size = Math.ceil(Buffer.byteLength(text) / 1000);
        return say(
          `${count} ${lines.length === 1 ? 'is' : 'are'} ${size} kB: a terminal takes ${Math.floor(COPY_MAX / 1000)} kB`,
          'select fewer lines',
        );
      }
      write(sequence);
      dispatch({type: 'scrollback', step: {do: 'select', on: false}});
      const needs = options.env?.['TMUX']
        ? 'set-clipboard on, or allow-passthrough on, in tmux'
        : 'a terminal that allows it';
      say(`${count} copied`, `with OSC 52, which takes ${needs}`);
    },

    editScrollback() {
      const {scroll} = state();
      const {edit} = options;
      if (scroll?.rows == null || edit === undefined) return;
      const text = `${scroll.rows.map(rowText).join('\n')}\n`;
      void lend(async signal => {
        const edited = await edit({name: `${scroll.name.replace(/[^\w.-]/g, '_')}.txt`, text}, signal);
        edited?.discard();
      }).catch(fail);
    },
  };
}
