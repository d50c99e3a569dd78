import type {Screen} from '../domain/screen.ts';
import type {Store} from './store.ts';

/** Several screens are drawn together, at most once in this time, in ms. */
export const SCREENS_GAP_MS = 100;

/**
 * Gives screens to the store. Of several sessions that print at once each one would cost a frame of all: they wait for each
 * other. One alone goes through, and so does the one that is typed into.
 */
export function gatherScreens({dispatch, state}: Pick<Store, 'dispatch' | 'state'>, several: () => boolean) {
  const waiting = new Map<string, Screen>();
  let timer: NodeJS.Timeout | undefined;
  let last = Number.NEGATIVE_INFINITY;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    last = performance.now();
    const screens = [...waiting];
    waiting.clear();
    for (const [session, screen] of screens) dispatch({type: 'screen', session, screen});
  };

  return {
    put(session: string, screen: Screen): void {
      waiting.set(session, screen);
      const {mode} = state();
      if (!several() || (mode.kind === 'typing' && mode.session === session)) flush();
      else timer ??= setTimeout(flush, Math.max(0, last + SCREENS_GAP_MS - performance.now()));
    },
    close(): void {
      clearTimeout(timer);
      waiting.clear();
    },
  };
}
