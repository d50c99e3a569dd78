import type {Agent} from '../agents/agent.ts';
import {previewOf} from '../agents/preview.ts';
import type {Screen} from '../domain/screen.ts';
import {isLive, type Session} from '../domain/session.ts';
import {readLastScreen} from './last-screen.ts';
import type {ScreenWatch} from './screen-watch.ts';

type Shown = {session: Session; watch: ScreenWatch; agent: Agent; screensDir: string};

/** The last meaningful line of a session's screen, found once for each screen. */
export class Preview {
  #found: {screen: Screen; text: string} | null = null;
  #recalled = false;

  of({session, watch, agent, screensDir}: Shown): string {
    this.#recall({session, watch, screensDir});
    const {last} = watch;
    if (last === null) return '';
    if (this.#found?.screen !== last) this.#found = {screen: last, text: previewOf(last, agent)};
    return this.#found.text;
  }

  /** Of a run that ended under another supervisor, what it left on its screen was kept. */
  #recall({session, watch, screensDir}: Omit<Shown, 'agent'>): void {
    if (this.#recalled || watch.last !== null || isLive(session)) return;
    this.#recalled = true;
    const kept = readLastScreen(screensDir, session.id);
    if (kept !== null && kept.screen !== null && kept.run === session.run?.id) watch.keep(kept.screen);
  }
}
