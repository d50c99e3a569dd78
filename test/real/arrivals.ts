export type Arrivals = {arrived: number; lost: string[]; doubled: string[]; outOfOrder: string[]};

/**
 * What became of marked messages, from the requests that a model got: each list holds the marks of everything
 * that the person said in that conversation so far. A new conversation (a restart) begins a new list.
 */
export function arrivalsOf(sent: readonly string[], lists: readonly (readonly string[])[]): Arrivals {
  const seen = new Map<string, string>();
  const doubled = new Set<string>();
  const outOfOrder = new Set<string>();
  let newest = -1;
  for (const list of lists) {
    const conversation = list[0] ?? '';
    for (const [i, mark] of list.entries()) {
      // In one list twice, or in a second conversation. A list that lacks it is none: some programs forget what was interrupted.
      if (list.indexOf(mark) !== i || (seen.get(mark) ?? conversation) !== conversation) doubled.add(mark);
      if (seen.has(mark)) continue;
      seen.set(mark, conversation);
      const position = sent.indexOf(mark);
      if (position < newest) outOfOrder.add(mark);
      newest = Math.max(newest, position);
    }
  }
  return {
    arrived: sent.filter(mark => seen.has(mark)).length,
    lost: sent.filter(mark => !seen.has(mark)),
    doubled: [...doubled],
    outOfOrder: [...outOfOrder],
  };
}
