import type {CardInput, CardView} from '../domain/board.ts';
import {nameOfProject} from '../domain/card-view.ts';
import {wordsIn} from './filter-words.ts';

const FIELDS = ['project', 'tag', 'session'] as const;
/** `fix project:shop tag:web`: words of a text, and of fields. A field is by its beginning while it is being typed. */
const wordsOf = (filter: string) => wordsIn(filter, FIELDS);

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

/** What a card that is made under a filter has, so that it is in sight. A begun word means the only one that it can. */
export function givenBy(filter: string, cards: readonly CardView[]): Pick<CardInput, 'project' | 'tags'> {
  const {project, tag} = wordsOf(filter);
  const projects = new Set(cards.flatMap(card => card.project ?? []));
  const tags = new Set(cards.flatMap(card => card.tags));
  return {
    ...(project[0] === undefined ? {} : {project: meant(project[0], projects, nameOfProject)}),
    ...(tag.length === 0 ? {} : {tags: tag.map(word => meant(word, tags, each => each))}),
  };
}

function meant(word: string, known: ReadonlySet<string>, nameOf: (each: string) => string): string {
  const fits = [...known].filter(each => each === word || begins(nameOf(each), word));
  const whole = fits.find(each => each === word || nameOf(each).toLowerCase() === word);
  return whole ?? (fits.length === 1 ? fits[0]! : word);
}

const begins = (text: string, word: string): boolean => text.toLowerCase().startsWith(word);
