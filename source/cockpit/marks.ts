/** Ids of sessions that a person marked, in the order of marking. */
export type Marks = readonly string[];

export type MarkStep = {do: 'add' | 'set'; ids: readonly string[]};

/** The same array when nothing changed. */
export function stepMarks(marks: Marks, step: MarkStep): Marks {
  switch (step.do) {
    case 'add': {
      const added = step.ids.filter(id => !marks.includes(id));
      return added.length === 0 ? marks : [...marks, ...added];
    }
    case 'set':
      return step.ids.length === marks.length && step.ids.every((id, i) => marks[i] === id) ? marks : step.ids;
  }
}

/** Marks of sessions that are still there. */
export function stillMarked(marks: Marks, ids: ReadonlySet<string>): Marks {
  return marks.every(id => ids.has(id)) ? marks : marks.filter(id => ids.has(id));
}

/** Whom a key means: the marked sessions, else the selected one. */
export function meantIds({marks, selected}: {marks: Marks; selected: string | null}): readonly string[] {
  if (marks.length > 0) return marks;
  return selected === null ? [] : [selected];
}
