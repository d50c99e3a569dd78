import {jobText, type ScheduleRunView, type ScheduleView, whenText} from '../../domain/schedule.ts';
import {momentText, zonedText} from '../ages.ts';
import {fit, plain, width, wrap} from '../draw/cells.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import type {Shapes} from '../draw/shapes.ts';
import {fill, type Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme, Token} from '../theme.ts';

export type SchedulesProps = {
  theme: Theme;
  body: Size;
  list: readonly ScheduleView[];
  at: number | null;
  now: number;
};

const WIDEST = 96;
/** Widest columns of names, and room that what is done needs beside them to be worth showing. */
const NAMES_MAX = 24;
const DOES_MIN = 16;
/** Rows of the list in sight at most, and of what is known of the chosen one. */
const LIST_ROWS = 14;
const DETAIL_ROWS = 9;
const HOW = 'amux schedule add NAME --cron "0 2 * * *" --to SESSION --message TEXT';

type Line = readonly Span[];

/** What is done at set times, and below it all that is known of the chosen one. */
export function schedulesPane(props: SchedulesProps): {lines: string[]; columns: number} {
  const {theme, body, list, at} = props;
  const columns = Math.min(body.cols, WIDEST);
  const counted = list.length === 0 ? '' : at === null ? `${list.length}` : `${at + 1} of ${list.length}`;
  const frame: Frame = {
    theme,
    columns,
    heavy: true,
    token: 'selected',
    left: [['strong', 'Schedules']],
    right: counted === '' ? [] : [['dim', counted]],
  };
  if (list.length === 0) {
    const text: Line = [['dim', 'nothing is done at set times yet']];
    const how = wrap(HOW, columns - 6).map((part): Line => [['faint', part]]);
    const lines = [[], text, ...how, []].slice(0, body.rows - 2).map(spans => inside(frame, [[null, ' '], ...spans]));
    return {lines: framed(frame, lines), columns};
  }
  const chosen = at === null ? undefined : list[at];
  const room = Math.max(1, body.rows - 2);
  const details = chosen === undefined ? [] : detailLines(chosen, {...props, columns: columns - 6});
  // The list keeps at least three lines, where it has as many.
  const rows = Math.max(Math.min(3, list.length, room), Math.min(LIST_ROWS, list.length, room - details.length - 1));
  const top = Math.max(0, Math.min((at ?? 0) - Math.floor(rows / 2), list.length - rows));
  const shown = list
    .slice(top, top + rows)
    .map((schedule, i) => rowOf(schedule, {...props, frame, isChosen: top + i === at}));
  const left = room - shown.length - 1;
  const rule = inside(frame, [['border', theme.shapes.rule.repeat(columns - 4)]]);
  const below =
    left < 1 || details.length === 0
      ? []
      : [rule, ...details.slice(0, left).map(spans => inside(frame, [[null, ' '], ...spans]))];
  const lines = [...shown, ...below];
  return {lines: framed(frame, fill(lines, Math.min(room, lines.length), columns - 2)), columns};
}

function rowOf(
  schedule: ScheduleView,
  {theme, frame, list, now, isChosen}: SchedulesProps & {frame: Frame; isChosen: boolean},
): string {
  const room = frame.columns - 4;
  const names = Math.min(NAMES_MAX, Math.max(...list.map(({name}) => width(plain(name)))));
  const nexts = Math.max(...list.map(each => width(nextText(each, now))));
  const [token, shape] = markOf(schedule, theme.shapes);
  const name = fit(plain(schedule.name), Math.min(names, room - nexts - 4));
  const next = nextText(schedule, now).padEnd(nexts);
  const used = 2 + width(name) + 2 + nexts + 2;
  const does = room - used < DOES_MIN ? '' : `  ${fit(plain(jobText(schedule).replace(/\s+/g, ' ')), room - used)}`;
  if (isChosen) return theme.paint('choice', ` ${fit(`${shape} ${name}  ${next}${does}`, room)} `);
  return inside(frame, [
    [token, shape],
    [schedule.state === 'active' ? 'strong' : 'dim', ` ${name}`],
    ['dim', `  ${next}`],
    ['faint', does],
  ]);
}

/** Shape and colour say how the last run went, and whether there is another. */
function markOf({state, history: [last]}: ScheduleView, shapes: Shapes): [Token, string] {
  if (last?.outcome === 'failed') return ['failed', shapes.failed];
  if (state === 'paused') return ['stopped', shapes.stopped];
  if (state === 'over') return ['finished', shapes.finished];
  return last?.outcome === 'skipped' ? ['starting', shapes.starting] : ['idle', shapes.idle];
}

const nextText = ({state, next_run, timezone}: ScheduleView, now: number): string =>
  next_run === null ? state : zonedText(next_run * 1000, {timezone, now});

function detailLines(schedule: ScheduleView, {theme, now, columns}: SchedulesProps & {columns: number}): Line[] {
  const {upcoming, timezone, missed, history, card} = schedule;
  const dot = ` ${theme.shapes.dot} `;
  const times = upcoming.map(at => zonedText(at * 1000, {timezone, now})).join(', ');
  const rule = missed === 'once' ? 'missed runs once' : 'missed runs left out';
  const about = card?.session == null ? [] : [`for ${card.session}`];
  const whens = [`${whenText(schedule)} ${timezone}`, ...(times === '' ? [] : [`next ${times}`]), ...about, rule];
  return [
    ...wrap(plain(jobText(schedule).replace(/\s+/g, ' ')), columns)
      .slice(0, 3)
      .map((text): Line => [[null, text]]),
    ...wrap(plain(whens.join(dot)), columns).map((text): Line => [['dim', text]]),
    ...history.map(run => runLine(run, {theme, now})),
  ].slice(0, DETAIL_ROWS);
}

const runMarks: Record<ScheduleRunView['outcome'], [Token, 'finished' | 'starting' | 'failed']> = {
  done: ['finished', 'finished'],
  skipped: ['starting', 'starting'],
  failed: ['failed', 'failed'],
};

function runLine(
  {outcome, at, by, late, missed, detail}: ScheduleRunView,
  {theme, now}: Pick<SchedulesProps, 'theme' | 'now'>,
): Line {
  const [token, shape] = runMarks[outcome];
  const words = [by === null ? '' : `by ${by}`, late ? 'late' : '', missed === 0 ? '' : `${missed} missed before it`];
  const about = words.filter(Boolean).join(', ');
  return [
    [token, `${theme.shapes[shape]} `],
    ['dim', `${momentText(at * 1000, now)}  `],
    [null, plain(detail)],
    ['faint', about === '' ? '' : ` (${plain(about)})`],
  ];
}
