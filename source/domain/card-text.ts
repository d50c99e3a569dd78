import type {CardView} from './board.ts';

/** A card as a person edits it: its title, a blank line, its description. */
export const cardText = ({title, desc}: Pick<CardView, 'title' | 'desc'>): string =>
  `${title}\n\n${desc}${desc === '' || desc.endsWith('\n') ? '' : '\n'}`;

/** The title is the first line that says something; line ends behind the description are the editor's. */
export function parseCardText(text: string): {title: string; desc: string} {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const at = lines.findIndex(line => line.trim() !== '');
  if (at < 0) return {title: '', desc: ''};
  const rest = lines.slice(at + 1);
  if (rest[0]?.trim() === '') rest.shift();
  return {title: lines[at]!.trim(), desc: rest.join('\n').trimEnd()};
}
