import type {SessionView} from '../domain/fleet.ts';

/** What is to become of tags. */
export type TagChange = {add: readonly string[]; remove: readonly string[]};

/** `+urgent -later api`: a word without a sign is given, too. */
export function readTags(text: string): TagChange {
  const words = text.split(/[\s,]+/).filter(word => /^[+-]?[^+-]/.test(word));
  const of = (keep: (word: string) => boolean): string[] => [
    ...new Set(words.filter(keep).map(word => word.replace(/^[+-]/, ''))),
  ];
  return {add: of(word => !word.startsWith('-')), remove: of(word => word.startsWith('-'))};
}

/** The tags after the change; the same array when nothing changes. */
export function withTags(tags: readonly string[], {add, remove}: TagChange): readonly string[] {
  const missing = add.filter(tag => !tags.includes(tag) && !remove.includes(tag));
  if (missing.length === 0 && !tags.some(tag => remove.includes(tag))) return tags;
  return [...tags.filter(tag => !remove.includes(tag)), ...missing];
}

/** Tags that sessions have, those of most sessions first. */
export function tagsKnown(sessions: readonly SessionView[]): {tag: string; count: number}[] {
  const counts = new Map<string, number>();
  for (const {tags} of sessions) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .map(([tag, count]) => ({tag, count}))
    .sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1));
}
