import type {CardView} from '../domain/board.ts';
import {nameOfProject} from '../domain/card-view.ts';
import {wordsIn} from './filter-words.ts';

const FIELDS = ['project', 'tag', 'session'] as const;
/** `fix project:shop tag:web`: words of a text, and of fields. A field is by its beginning while it is being typed. */
export const wordsOf = (filter: string) => wordsIn(filter, FIELDS);

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
