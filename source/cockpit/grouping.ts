import type {SessionView} from '../domain/fleet.ts';
import {countMoods, type Mood} from './attention.ts';

export const groupings = ['none', 'tag', 'project'] as const;
export type GroupBy = (typeof groupings)[number];

/** How the list is grouped; `folded`: ids of groups whose sessions are not listed. */
export type Grouping = {by: GroupBy; folded: readonly string[]};
export const noGrouping: Grouping = {by: 'none', folded: []};

/** A line of the list that stands for the sessions below it. */
export type Group = {
  /** Never the id of a session. */
  group: string;
  title: string;
  /** Ids. */
  sessions: readonly string[];
  counts: Record<Mood, number>;
  folded: boolean;
};

export type Item = SessionView | Group;
export const isGroup = (item: Item): item is Group => 'group' in item;
export const idOf = (item: Item): string => (isGroup(item) ? item.group : item.id);

export type GroupingStep = {do: 'by'; by: GroupBy} | {do: 'fold' | 'unfold'; group: string};

/** The same object when nothing changed. */
export function stepGrouping(grouping: Grouping, step: GroupingStep): Grouping {
  if (step.do === 'by') return step.by === grouping.by ? grouping : {...grouping, by: step.by};
  const folded = grouping.folded.includes(step.group);
  if (folded === (step.do === 'fold')) return grouping;
  const others = grouping.folded.filter(id => id !== step.group);
  return {...grouping, folded: step.do === 'fold' ? [...others, step.group] : others};
}

/** Of the group that the session is in; null: nothing is grouped. A session is in the group of its first tag. */
export function groupOf({tags, project}: SessionView, by: GroupBy): string | null {
  if (by === 'none') return null;
  return by === 'tag' ? `tag:${tags[0] ?? ''}` : `project:${project ?? ''}`;
}

/** Headers and sessions, in the order of the sessions given: so the group with the most urgent one comes first. */
export function grouped(sessions: readonly SessionView[], {by, folded}: Grouping): readonly Item[] {
  if (by === 'none') return sessions;
  const groups = new Map<string, SessionView[]>();
  for (const session of sessions) {
    const id = groupOf(session, by)!;
    const known = groups.get(id);
    if (known === undefined) groups.set(id, [session]);
    else known.push(session);
  }
  const titles = titlesOf([...groups.keys()], by);
  return [...groups].flatMap(([id, own]): Item[] => {
    const isFolded = folded.includes(id);
    const header: Group = {
      group: id,
      title: titles.get(id)!,
      sessions: own.map(session => session.id),
      counts: countMoods(own),
      folded: isFolded,
    };
    return isFolded ? [header] : [header, ...own];
  });
}

/** Whether this way of grouping would make more than one group. */
export function tellsApart(sessions: readonly SessionView[], by: GroupBy): boolean {
  return new Set(sessions.map(session => groupOf(session, by))).size > 1;
}

/** A project is called by the end of its path, with as much before it as tells it from the others. */
function titlesOf(ids: readonly string[], by: GroupBy): Map<string, string> {
  const names = ids.map(id => ({id, name: id.slice(by.length + 1)}));
  const title = (name: string): string => {
    if (by === 'tag') return `#${name}`;
    const parts = name.split('/');
    for (let from = parts.length - 1; from > 0; from--) {
      const end = `/${parts.slice(from).join('/')}`;
      if (names.filter(other => other.name.endsWith(end)).length < 2) return end.slice(1);
    }
    return name;
  };
  return new Map(names.map(({id, name}) => [id, name === '' ? `no ${by}` : title(name)]));
}
