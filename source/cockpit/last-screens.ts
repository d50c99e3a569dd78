import type {Screen} from '../domain/screen.ts';
import type {State} from './state.ts';

/** Last screens kept, so that a selection shows something at once. */
const SCREENS_KEPT = 60;

/** The screens with this one as the newest. */
export function keepScreen(
  screens: State['screens'],
  {session, screen}: {session: string; screen: Screen},
): State['screens'] {
  const kept = new Map(screens);
  kept.delete(session);
  kept.set(session, screen);
  for (const oldest of kept.keys()) {
    if (kept.size <= SCREENS_KEPT) break;
    kept.delete(oldest);
  }
  return kept;
}

/** Those of these sessions; the same map when no other has one. */
export function screensOf(screens: State['screens'], ids: ReadonlySet<string>): State['screens'] {
  if ([...screens.keys()].every(id => ids.has(id))) return screens;
  return new Map([...screens].filter(([id]) => ids.has(id)));
}
