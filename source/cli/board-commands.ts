import type {Command, FlagSpec} from './command.ts';

const cards = () => import('./commands/cards.ts');
const claims = () => import('./commands/claims.ts');
const notes = () => import('./commands/notes.ts');
const memory = () => import('./commands/memory.ts');

const session: FlagSpec = {type: 'string', value: 'S', completes: 'sessions', about: 'the session that it is for'};
const tell: FlagSpec = {type: 'boolean', about: 'send that session the text of the card'};
const reason: FlagSpec = {type: 'string', value: 'TEXT', about: 'why, for the history of the card'};
const tag: FlagSpec = {type: 'string', multiple: true, value: 'T', about: 'a tag; may be repeated'};
const lines: FlagSpec = {type: 'string', short: 'n', value: 'N', about: 'at most N of them'};

const fields: Record<string, FlagSpec> = {
  desc: {type: 'string', value: 'TEXT', about: 'its description, in Markdown; - takes it from stdin'},
  status: {type: 'string', value: 'C', completes: 'columns', about: 'its column, as todo or review'},
  priority: {type: 'string', value: 'N', about: '0 to 9; the higher goes first'},
  tag,
  session,
  project: {type: 'string', value: 'P', about: 'its project; default the one of the current directory'},
  depends: {
    type: 'string',
    multiple: true,
    value: 'ID',
    completes: 'cards',
    about: 'a card that has to be done before; may be repeated',
  },
  link: {type: 'string', multiple: true, value: 'URL', about: 'a pull request, a branch …; may be repeated'},
  tell,
};

/** Commands over what sessions share: cards, notes, memory. */
export const boardCommands: readonly Command[] = [
  {
    path: 'board',
    aliases: ['board ls', 'board list'],
    usage: '[--status C] [--session S] [--project P] [--tag T] [--query TEXT] [--older SPAN] [--archived] [--watch]',
    summary: 'the cards by column, with who holds them and for how long',
    flags: {
      status: {type: 'string', value: 'C', completes: 'columns', about: 'one column, as todo or review'},
      session: {type: 'string', value: 'S', completes: 'sessions', about: 'for this session'},
      project: {type: 'string', value: 'P', about: 'of this project'},
      tag: {type: 'string', value: 'T', about: 'with this tag'},
      query: {type: 'string', short: 'q', value: 'TEXT', about: 'with all these words'},
      older: {type: 'string', value: 'SPAN', about: 'not changed for so long, as 2h: what may be stuck'},
      archived: {type: 'boolean', about: 'also those in the archive'},
      watch: {type: 'boolean', about: 'draw it again with each change; in a pipe a line for each'},
    },
    args: [0, 0],
    load: async () => (await import('./commands/board.ts')).list,
  },
  {
    path: 'board add',
    usage: 'TITLE… [--desc TEXT|-] [--status C] [--priority N] [--tag T]… [--session S [--tell]] [--edit]',
    summary: 'a new card',
    flags: {...fields, edit: {type: 'boolean', about: 'write it in $EDITOR'}},
    args: [0, 10_000],
    load: async () => (await cards()).add,
  },
  {
    path: 'board show',
    usage: 'ID',
    summary: 'all of a card, with its history',
    args: [1, 1],
    completes: 'cards',
    load: async () => (await cards()).show,
  },
  {
    path: 'board edit',
    usage: 'ID [--title T] [--desc TEXT|-] [--priority N] [--tag T]… [--session S [--tell]]',
    summary: 'change a card: in $EDITOR, or what flags say',
    flags: {title: {type: 'string', value: 'T', about: 'its title'}, ...fields},
    args: [1, 1],
    completes: 'cards',
    load: async () => (await cards()).edit,
  },
  {
    path: 'board move',
    usage: 'ID… COLUMN [--reason TEXT]',
    summary: 'move cards to another column',
    flags: {reason},
    args: [2, 200],
    completes: 'cards',
    load: async () => (await cards()).move,
  },
  {
    path: 'board claim',
    usage: 'ID | --next [--tag T]… [--session S] [--tell]',
    summary: 'take a card, or the best one that is free; prints its text',
    flags: {
      next: {type: 'boolean', about: 'the best card that is free in todo'},
      tag: {...tag, about: 'with --next: one that bears this tag; may be repeated'},
      session: {
        type: 'string',
        value: 'S',
        completes: 'sessions',
        about: 'who takes it; default the session that this runs in',
      },
      tell,
    },
    args: [0, 1],
    completes: 'cards',
    load: async () => (await claims()).claim,
  },
  {
    path: 'board release',
    usage: 'ID [--session S] [--reason TEXT]',
    summary: 'give a card back to todo',
    flags: {session: {type: 'string', value: 'S', completes: 'sessions', about: 'only if this one holds it'}, reason},
    args: [1, 1],
    completes: 'cards',
    load: async () => (await claims()).release,
  },
  {
    path: 'board done',
    usage: 'ID… [--reason TEXT]',
    summary: 'cards are done',
    flags: {reason},
    args: [1, 200],
    completes: 'cards',
    load: async () => (await cards()).done,
  },
  {
    path: 'board rm',
    aliases: ['board remove'],
    usage: 'ID…',
    summary: 'put cards into the archive',
    args: [1, 200],
    completes: 'cards',
    load: async () => (await cards()).remove,
  },
  {
    path: 'board restore',
    usage: 'ID…',
    summary: 'take cards out of the archive',
    args: [1, 200],
    load: async () => (await cards()).restore,
  },
  {
    path: 'board undo',
    usage: '',
    summary: 'take back your last change of a card',
    args: [0, 0],
    load: async () => (await cards()).undo,
  },
  {
    path: 'notes',
    aliases: ['notes ls', 'notes list'],
    usage: '[--tag T] [-n N]',
    summary: 'what sessions told each other, the newest first',
    flags: {tag: {type: 'string', value: 'T', about: 'with this tag'}, lines},
    args: [0, 0],
    load: async () => (await notes()).list,
  },
  {
    path: 'notes add',
    usage: 'TEXT… | - [--tag T]…',
    summary: 'tell the others what was found out',
    flags: {tag},
    args: [0, 10_000],
    load: async () => (await notes()).add,
  },
  {
    path: 'notes search',
    usage: 'WORD… [--tag T] [-n N]',
    summary: 'notes with all these words',
    flags: {tag: {type: 'string', value: 'T', about: 'with this tag'}, lines},
    args: [1, 100],
    load: async () => (await notes()).search,
  },
  {
    path: 'memory',
    aliases: ['memory ls', 'memory list'],
    usage: '',
    summary: 'the Markdown files that sessions share',
    args: [0, 0],
    load: async () => (await memory()).list,
  },
  {
    path: 'memory show',
    usage: 'FILE',
    summary: 'one of them',
    args: [1, 1],
    load: async () => (await memory()).show,
  },
  {
    path: 'memory write',
    usage: 'FILE [TEXT | -]',
    summary: 'write the whole of one, by default from stdin',
    args: [1, 2],
    load: async () => (await memory()).write,
  },
  {
    path: 'skill',
    usage: '',
    summary: 'a skill file that teaches an agent to work from the board',
    here: true,
    args: [0, 0],
    load: async () => (await import('./commands/skill.ts')).skill,
  },
];
