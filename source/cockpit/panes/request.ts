import type {ApprovalView} from '../../domain/fleet.ts';
import {age} from '../ages.ts';
import {cut, plain, width, wrap} from '../draw/cells.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import {cutSpans, fill, type Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type RequestProps = {
  theme: Theme;
  size: Size;
  request: ApprovalView | null;
  /** First line of the text in sight. */
  top: number;
  now: number;
  /** Keys that mean the same as a choice, by what it means. */
  keys: AnswerKeys;
  /** Over a screen: no higher than needed. `others`: how many wait besides. */
  popup?: {others: number};
};

export type AnswerKeys = Partial<Record<ApprovalView['choices'][number]['means'], string>>;

/** Lines of an input that are shown; a person who needs more looks at the session. */
const INPUT_MAX = 2000;
/** Widest column of names in front of the values of an input. */
const NAMES_MAX = 14;

/** All that is known of one request, and below it what can be answered. */
export function requestPane({theme, size, request, top, now, keys, popup}: RequestProps): string[] {
  const rows = size.rows - 2;
  if (request === null)
    return framed({theme, columns: size.cols, heavy: false, token: 'border'}, fill([], rows, size.cols - 2));
  const frame: Frame = {
    theme,
    columns: size.cols,
    heavy: popup !== undefined,
    token: popup === undefined ? 'border' : 'selected',
    left: [
      ['strong', plain(request.session)],
      ['faint', ` ${theme.shapes.dot} `],
      ['dim', plain(request.agent)],
    ],
    right: [['dim', `${request.id} ${theme.shapes.dot} ${age(request.asked_at, now)}`]],
    foot: popup === undefined || popup.others === 0 ? [] : [['attention', `${popup.others} more`]],
  };
  const columns = size.cols - 6;
  const draw = (spans: Span[]): string => inside(frame, [[null, ' '], ...spans]);
  const text = textLines(request, columns);
  const below = answerLines({ellipsis: theme.shapes.ellipsis, request, columns, keys}).slice(0, Math.max(0, rows - 3));
  if (1 + text.length + 1 + below.length <= rows) {
    const lines = [[], ...text, [], ...below].map(draw);
    const needed = popup === undefined ? rows : Math.min(rows, lines.length + 1);
    return framed(frame, fill(lines, needed, size.cols - 2));
  }
  // What can be answered never scrolls away.
  const room = rows - below.length - 2;
  const first = Math.max(0, Math.min(top, text.length - room));
  const shown = text.slice(first, first + room);
  const foot: Span[] = [['dim', `${first + 1}-${first + shown.length} of ${text.length}`]];
  const rule: Line = [['border', theme.shapes.rule.repeat(columns)]];
  return framed({...frame, foot}, fill([[], ...shown, rule, ...below].map(draw), rows, size.cols - 2));
}

/** The furthest that the text can be scrolled, in lines. */
export function requestEnd({
  size,
  request,
  keys,
}: Pick<RequestProps, 'size' | 'keys'> & {request: ApprovalView}): number {
  const columns = size.cols - 6;
  const rows = size.rows - 2;
  const text = textLines(request, columns).length;
  const answers = answerLines({ellipsis: '', request, columns, keys}).length;
  const below = Math.min(answers, Math.max(0, rows - 3));
  return 1 + text + 1 + below <= rows ? 0 : Math.max(0, text - (rows - below - 2));
}

type Line = Span[];

function textLines(request: ApprovalView, columns: number): Line[] {
  const {kind, tool, title, input, dir, suggestions} = request;
  // A question's input holds its answers, which stand below.
  const known = tool !== null && input !== null && kind !== 'question';
  const head: Line[] = tool === null || kind === 'question' ? titleLines(title, columns) : [[['strong', plain(tool)]]];
  const body = known ? valueLines(input, columns - 2).slice(0, INPUT_MAX) : [];
  const lines: Line[] = [...head, ...body.map((line): Line => [[null, '  '], ...line])];
  if (tool !== null && input === null && kind !== 'question') lines.push(...titleLines(title, columns));
  if (kind === 'trust' || kind === 'permission' || kind === 'mcp') lines.push([], [['dim', `in ${plain(dir)}`]]);
  if (suggestions.length > 0) {
    lines.push([], [['dim', 'always adds']]);
    for (const each of suggestions)
      lines.push(...valueLines(each, columns - 2).map((line): Line => [[null, '  '], ...faded(line)]));
  }
  return lines;
}

const titleLines = (title: string, columns: number): Line[] =>
  wrap(plain(title), columns).map((text): Line => [['strong', text]]);

const faded = (line: Line): Line => line.map(([, text]): Span => ['dim', text]);

type Answer = Pick<RequestProps, 'keys'> & {ellipsis: string; request: ApprovalView; columns: number};

/** What can be answered, each with its number, and the key that means the same. */
function answerLines({ellipsis, request, columns, keys}: Answer): Line[] {
  const {choices} = request;
  if (choices.length === 0) return wrap(unseenText(request, keys), columns).map((text): Line => [['faint', text]]);
  const taken = new Set<string>();
  const descriptions = descriptionsIn(request.input);
  return choices.flatMap(({n, label, means}): Line[] => {
    const key = keys[means] ?? '';
    const short = taken.has(key) ? '' : key;
    taken.add(key);
    const about = descriptions.get(label);
    const number: Span = ['key', `${n > 9 ? ' ' : n} ${short.padEnd(1)}  `];
    const [first = '', ...more] = wrap(plain(label), columns - 5);
    const text: Span[] = [
      [null, first],
      ['dim', about === undefined || more.length > 0 ? '' : `  ${plain(about)}`],
    ];
    return [[number, ...cutSpans(text, columns - 5, ellipsis)], ...more.map((rest): Line => [[null, `     ${rest}`]])];
  });
}

/** Questions come with what their answers mean: `{label, description}`, at whatever depth. */
function descriptionsIn(value: unknown, found = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null) return found;
  const {label, description} = value as Record<string, unknown>;
  if (typeof label === 'string' && typeof description === 'string') found.set(label, description);
  for (const each of Object.values(value)) descriptionsIn(each, found);
  return found;
}

function unseenText({via, kind}: ApprovalView, keys: AnswerKeys): string {
  if (via === 'screen') return 'its dialog is not known: answer it in its terminal';
  const unseen = 'its dialog is not on the screen yet';
  if (kind === 'question') return unseen;
  const does = (key: string | undefined, what: string): string[] => (key ? [`${key} ${what}`] : []);
  const answers = [...does(keys.allow, 'allows'), ...does(keys.deny, 'denies')].join(', ');
  return answers === '' ? unseen : `${answers}; ${unseen}`;
}

/** A value as indented lines: names in one column, texts as they are, wrapped where they are too long. */
function valueLines(value: unknown, columns: number): Line[] {
  if (typeof value === 'string') return textOf(value, columns);
  if (Array.isArray(value)) {
    return value.flatMap(each => {
      const [first = [], ...rest] = valueLines(each, columns - 2);
      return [[['faint', '- '] as Span, ...first], ...rest.map((line): Line => [[null, '  '], ...line])];
    });
  }
  if (typeof value !== 'object' || value === null) return [[[null, String(value)]]];
  const entries = Object.entries(value);
  const names = Math.min(NAMES_MAX, Math.max(0, ...entries.map(([name]) => width(plain(name)))));
  return entries.flatMap(([name, each]): Line[] => {
    const label = plain(name);
    const lines = valueLines(each, columns - names - 2);
    const fits = lines.length <= 1 && width(label) <= names;
    const nested = typeof each === 'object' && each !== null;
    if (fits || (!nested && width(label) <= names && !isLong(each))) {
      return lines.map((line, i): Line => [['dim', (i === 0 ? label : '').padEnd(names + 2)], ...line]);
    }
    const below = valueLines(each, columns - 2);
    return [[['dim', label]], ...below.map((line): Line => [[null, '  '], ...line])];
  });
}

/** Files and scripts stand below their name, with the whole width. */
const isLong = (value: unknown): boolean => typeof value === 'string' && value.includes('\n');

function textOf(text: string, columns: number): Line[] {
  return text
    .trimEnd()
    .split('\n')
    .flatMap(part =>
      broken(plain(part.replace(/\t/g, '  ')), Math.max(8, columns)).map((each): Line => [[null, each]]),
    );
}

/** Breaks at a blank where there is one in the last third; blanks at the start stay. */
function broken(text: string, columns: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (width(rest) > columns) {
    const whole = cut(rest, columns);
    const blank = whole.lastIndexOf(' ');
    const head = blank > (whole.length * 2) / 3 ? whole.slice(0, blank + 1) : whole;
    if (head === '') break;
    lines.push(head.trimEnd());
    rest = rest.slice(head.length);
  }
  return [...lines, rest];
}
