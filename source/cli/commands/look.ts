import {parseDuration} from '../../domain/amounts.ts';
import {AmuxError} from '../../domain/errors.ts';
import {type ExternalCommand, endText} from '../../domain/external-command.ts';
import type {EventView} from '../../domain/fleet.ts';
import {newLines} from '../../domain/new-lines.ts';
import {goals, reach} from '../../domain/reach.ts';
import {printable} from '../../domain/screen.ts';
import {transcriptLines} from '../../domain/transcript.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, choiceFlag, countFlag, textFlag} from '../flags.ts';
import {momentText} from '../output.ts';

/** Events shown when nobody says how many. */
const EVENTS_SHOWN = 50;
/** Lines that are read again at each change of what is followed. */
const FOLLOWED_LINES = 2000;

export const peek: Run = async context => {
  const {args, output} = context;
  const [ref] = args as [string];
  const lines = countFlag(context, 'lines');
  const fleet = await context.fleet('read');
  let shown: string | null = null;
  const show = async () => {
    const result = await fleet.peek(ref, {lines, ansi: output.colour});
    // A screen changes in what is not shown here, too: its size, its cursor, what it is drawn from.
    const text = output.json ? JSON.stringify(result) : result.output;
    if (text === shown) return;
    // Each change is drawn over the last one on a terminal, and follows it in a pipe.
    if (shown !== null && output.terminal && !output.json) output.raw('\u001b[H\u001b[2J');
    shown = text;
    if (output.json) output.value(result);
    else output.line(result.output);
  };
  await show();
  if (!boolFlag(context, 'follow')) return 0;
  for await (const _ of fleet.screens(ref, context.signal)) await show();
  return 0;
};

export const logs: Run = async context => {
  const {args, output} = context;
  const [ref] = args as [string];
  const fleet = await context.fleet('read');
  const lines = countFlag(context, 'lines');
  const follow = boolFlag(context, 'follow');
  // What is followed is what is said: the screen under it would come again with each change.
  const spoken = follow && (await fleet.transcript(ref, {limit: 1})).length > 0;
  const history = async (most = FOLLOWED_LINES) =>
    spoken ? transcriptLines(await fleet.transcript(ref)) : fleet.logs(ref, {lines: most});
  // What is followed is compared with all that there was, however little of it is wanted here.
  let known = follow ? await history(Math.max(FOLLOWED_LINES, lines ?? 0)) : await fleet.logs(ref, {lines});
  const shown = known.slice(Math.max(0, known.length - (lines ?? known.length)));
  if (output.json) output.value(shown);
  else for (const line of shown) output.line(line);
  if (!follow) return 0;
  for await (const _ of fleet.screens(ref, context.signal)) {
    const all = await history();
    for (const line of newLines(known, all)) output.line(output.json ? JSON.stringify(line) : line);
    known = all;
  }
  return 0;
};

export const wait: Run = async context => {
  const until = choiceFlag(context, 'until', goals);
  if (until === undefined) {
    throw new AmuxError('input.invalid', {why: 'wait for what?', next: `--until ${goals.join('|')}`});
  }
  const timeout = textFlag(context, 'timeout');
  const bound = timeout === undefined ? null : parseDuration(timeout);
  if (timeout !== undefined && bound === null) {
    throw new AmuxError('input.invalid', {why: `"${timeout}" is not a time`, next: 'e.g. --timeout 90s or 5m'});
  }
  const fleet = await context.fleet('write');
  const first = await fleet.session(context.args[0]!);
  const limit = new AbortController();
  const signal = AbortSignal.any([context.signal, limit.signal]);
  const timer = bound === null ? null : setTimeout(() => limit.abort(), bound);
  try {
    const reached = await reach({fleet, first, until, signal});
    if (reached === null && limit.signal.aborted) {
      const {activity, status, name} = await fleet.session(first.id);
      throw new AmuxError('wait.timeout', {name, until, timeout: timeout!, activity: activity ?? status});
    }
    if (reached !== null && context.output.json) context.output.value(reached);
    return reached === null ? 1 : 0;
  } finally {
    if (timer !== null) clearTimeout(timer);
    limit.abort(); // The stream of events would keep this process alive.
  }
};

export const events: Run = async context => {
  const fleet = await context.fleet('read');
  if (boolFlag(context, 'commands')) return commands(context, await fleet.commands());
  const wanted = countFlag(context, 'lines') ?? EVENTS_SHOWN;
  const follow = boolFlag(context, 'follow');
  const {cursor, first} = await fleet.health();
  const limit = new AbortController();
  const signal = AbortSignal.any([context.signal, limit.signal]);
  const since = Math.max(first - 1, cursor - wanted);
  if (cursor === since && !follow) return 0;
  for await (const event of fleet.events({since, signal})) {
    // The store's own entries tell nobody anything.
    if (event.type !== 'snapshot') show(context, event);
    if (!follow && event.cursor >= cursor) limit.abort();
  }
  return 0;
};

async function commands({output}: Context, list: readonly ExternalCommand[]): Promise<number> {
  if (output.json) output.value(list);
  else {
    const rows = list.map(each => {
      const took = each.ms === null ? '' : `${Math.round(each.ms)} ms`;
      const time = momentText(each.at * 1000, Date.now());
      return [time, endText(each), took, each.cwd ?? '', printable(each.argv.join(' '))];
    });
    await output.table(['TIME', 'END', 'TOOK', 'DIRECTORY', 'COMMAND'], rows);
  }
  return 0;
}

function show({output}: Context, event: EventView): void {
  if (output.json) {
    output.raw(`${JSON.stringify(event)}\n`);
    return;
  }
  const time = momentText(event.at * 1000, Date.now());
  output.line(
    `${time}  ${event.type.padEnd(20)}  ${(event.session?.name ?? '-').padEnd(16)}  ${printable(event.reason)}`,
  );
}
