import type {CardView} from '../domain/board.ts';
import {nameOfProject} from '../domain/card-view.ts';

const FIELDS = ['project', 'tag', 'session'] as const;
type Field = (typeof FIELDS)[number];

export type Words = Record<Field, string[]> & {text: string[]};

/** `fix project:shop tag:web`: words of a text, and of fields. A field is by its beginning while it is being typed. */
export function wordsOf(filter: string): Words {
  const words: Words = {project: [], tag: [], session: [], text: []};
  for (const word of filter.toLowerCase().split(/\s+/).filter(Boolean)) {
    const field = FIELDS.find(each => word.startsWith(`${each}:`));
    if (field === undefined) words.text.push(word);
    else if (word.length > field.length + 1) words[field].push(word.slice(field.length + 1));
  }
  return words;
}

/** Every word has to fit. */
export function cardFilter(filter: string): (card: CardView) => boolean {
  if (filter.trim() === '') return () => true;
  const {project, tag, session, text} = wordsOf(filter);
  return card => {
    if (!project.every(word => begins(nameOfProject(card.project ?? ''), word) || card.project === word)) return false;
    if (!tag.every(word => card.tags.some(each => begins(each, word)))) return false;
    const sessions = [card.session ?? '', card.claim?.holder ?? ''];
    if (!session.every(word => sessions.some(each => begins(each, word)))) return false;
    if (text.length === 0) return true;
    const all = [card.id, card.title, card.desc, ...card.tags].join('\n').toLowerCase();
    return text.every(word => all.includes(word));
  };
}

const begins = (text: string, word: string): boolean => text.toLowerCase().startsWith(word);
