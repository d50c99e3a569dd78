import type {Backend, TerminalInfo} from '../backends/backend.ts';

/** For so long a person who says that he looks is believed, in ms. */
export const LOOK_MS = 120_000;
/** People at once; more than a fleet has. */
const VIEWERS_MAX = 200;
/** A terminal's owner that does not answer in time keeps no notice back, in ms. */
const ANSWER_MS = 1000;

type Options = {backends: readonly Backend[]; now: () => number};

export type Onlookers = {
  lookAt: (look: {viewer: string; sessions: string[]}) => void;
  /** Which of these sessions nobody looks at: in no cockpit, and through no attached terminal. */
  unwatched: <T extends {id: string; name: string}>(sessions: readonly T[]) => Promise<T[]>;
};

/** Who looks at what. A cockpit says it; who is attached, the terminals know. */
export function onlookers({backends, now}: Options): Onlookers {
  const looks = new Map<string, {sessions: ReadonlySet<string>; until: number}>();

  const inSight = ({id, name}: {id: string; name: string}): boolean =>
    [...looks.values()].some(({sessions, until}) => until > now() && (sessions.has(id) || sessions.has(name)));

  return {
    lookAt({viewer, sessions}) {
      for (const [each, {until}] of looks) if (until <= now()) looks.delete(each);
      looks.delete(viewer);
      if (sessions.length === 0 || looks.size >= VIEWERS_MAX) return;
      looks.set(viewer, {sessions: new Set(sessions), until: now() + LOOK_MS});
    },

    async unwatched(sessions) {
      const hidden = sessions.filter(session => !inSight(session));
      if (hidden.length === 0) return [];
      const attached = await attachedIn(backends);
      return hidden.filter(({id}) => !attached.has(id));
    },
  };
}

async function attachedIn(backends: readonly Backend[]): Promise<Set<string>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<TerminalInfo[]>(resolve => {
    timer = setTimeout(resolve, ANSWER_MS, []);
  });
  // To whose terminals cannot be asked for, nobody is known to be attached.
  const asked = backends.map(async backend => backend.list());
  const found = await Promise.all(asked.map(list => Promise.race([list.catch(() => []), late])));
  clearTimeout(timer);
  return new Set(found.flat().flatMap(({terminal, attached}) => (attached > 0 ? [terminal] : [])));
}
