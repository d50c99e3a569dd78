import {visible} from '../domain/visible.ts';
import {type Comment, placeOf} from './diff-rows.ts';
import {width} from './draw/cells.ts';

/** Of a line that is quoted, in characters. */
const QUOTED_MAX = 200;

/** All comments as one message: each with the place and the line that it is about. */
export function messageOf(comments: readonly Comment[], base: string): string {
  const parts = comments.map(({spot, text}) => {
    const {hunk, line} = spot;
    const quoted = line === null ? [] : [`> ${safe(line.slice(0, QUOTED_MAX))}`];
    return [`${placeOf(spot)}${hunk === null ? '' : `  ${safe(hunk)}`}`, ...quoted, text].join('\n');
  });
  const what = comments.length === 1 ? 'A comment' : `${comments.length} comments`;
  return `${what} on your changes since ${safe(base)}:\n\n${parts.join('\n\n')}`;
}

const safe = (text: string): string => visible(text, {width});
