import {NOTE_MAX, type NoteFilter} from '../../domain/knowledge.ts';
import {oneLine} from '../../domain/names.ts';
import type {Context, Run} from '../command.ts';
import type {GivesWay} from '../fit-columns.ts';
import {countFlag, listFlag, textFlag} from '../flags.ts';
import {duration} from '../output.ts';
import {readInput} from './input-text.ts';

const INPUT = {
  max: NOTE_MAX * 4,
  size: `${NOTE_MAX} characters`,
  next: 'amux notes add TEXT, or pipe it: … | amux notes add -',
};

/** On a narrow terminal the text is what a note is for. */
const GIVES_WAY: readonly GivesWay[] = [
  {column: 'TEXT', least: 24},
  {column: 'TAGS', least: 8},
  {column: 'AUTHOR', least: 8},
  {column: 'TAGS', least: 0},
  {column: 'AGE', least: 0},
];

export const add: Run = async context => {
  const {args, output} = context;
  const text =
    args.length === 0 || (args.length === 1 && args[0] === '-') ? await readInput(context, INPUT) : args.join(' ');
  const tags = listFlag(context, 'tag');
  const note = await (await context.fleet('write')).addNote({text, ...(tags.length === 0 ? {} : {tags})});
  if (output.json) output.value(note);
  else output.line(`${note.id} noted`);
  return 0;
};

export const list: Run = context => print(context, {});

export const search: Run = context => print(context, {q: context.args.join(' ')});

async function print(context: Context, filter: NoteFilter): Promise<number> {
  const {output} = context;
  const tag = textFlag(context, 'tag');
  const limit = countFlag(context, 'lines');
  const fleet = await context.fleet('read');
  const wanted = {...filter, ...(tag === undefined ? {} : {tag}), ...(limit === undefined ? {} : {limit})};
  const notes = limit === 0 ? [] : await fleet.notes(wanted);
  if (output.json) {
    output.value(notes);
    return 0;
  }
  const now = Date.now() / 1000;
  await output.table(
    ['ID', 'AGE', 'AUTHOR', 'TAGS', 'TEXT'],
    notes.map(({id, created_at, author, tags, text}) => [
      id,
      duration(now - created_at),
      author,
      tags.join(',') || '-',
      oneLine(text.replace(/\s+/g, ' ')),
    ]),
    GIVES_WAY,
  );
  return 0;
}
