import {readFileSync} from 'node:fs';
import {basename, resolve} from 'node:path';
import {capturedScreen} from '../../agents/captured.ts';
import {withRules} from '../../agents/reader.ts';
import {agents} from '../../agents/registry.ts';
import {readRules} from '../../config/screen-rules.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {Context, Run} from '../command.ts';
import {textFlag} from '../flags.ts';
import {duration} from '../output.ts';
import {rulesTable} from './watchdog.ts';

/** Longest file that is taken for a screen, in bytes. */
const SCREEN_MAX = 4 * 1024 * 1024;

export const explain: Run = async context => {
  const {args, output} = context;
  const file = textFlag(context, 'screen');
  if (file !== undefined) return explainScreen(context, file);
  if (args[0] === undefined) {
    throw new AmuxError('input.invalid', {why: 'explain which session?', next: 'amux explain NAME'});
  }
  const result = await (await context.fleet('read')).explain(args[0]);
  if (output.json) {
    output.value(result);
    return 0;
  }
  const {name, status, activity, reason, since, conversation, origin, notice, watchdog, evidence} = result;
  output.line(
    `${name}: ${status}${activity === null ? '' : `, ${activity}`} for ${duration(Date.now() / 1000 - since)}`,
  );
  output.line(`because ${reason}`);
  if (conversation !== null) output.line(`conversation ${conversation}`);
  if (origin !== null) {
    const how = origin.conversation === null ? 'with a hand-off' : `conversation ${origin.conversation}`;
    output.line(`forked from ${origin.session}, ${how}`);
  }
  if (notice !== null) output.line(notice);
  const rows = evidence.map(({wins, source, age, says}) => [
    wins ? '▸' : ' ',
    source,
    age === null ? '-' : `${age}s ago`,
    says,
  ]);
  await output.table(['', 'EVIDENCE', 'SEEN', 'SAYS'], rows);
  output.line();
  await rulesTable(output, watchdog);
  return 0;
};

/** What the rules of an agent say of a screen that was captured. */
function explainScreen(context: Context, file: string): number {
  const {output, cwd, paths} = context;
  const wanted = textFlag(context, 'agent') ?? '';
  const agent = agents.find(({name}) => name === wanted);
  const rules = readRules(paths.rules)
    .filter(file => file.agent === wanted)
    .flatMap(file => file.rules);
  const onSlow = (rule: string) => output.notice(`amux: the rule "${rule}" takes too long on this screen`);
  const read = agent === undefined ? null : withRules(agent, {version: null, rules, onSlow}).read;
  if (read === null) {
    const known = agents.filter(each => each.read !== null).map(({name}) => name);
    const why = wanted === '' ? 'of which agent is the screen?' : `there are no screen rules for "${wanted}"`;
    throw new AmuxError('input.invalid', {why, next: `--agent ${known.join('|')}`});
  }
  const {activity, waitingFor, dialog, rule} = read(capturedScreen(readScreen(resolve(cwd, file))));
  const says = {activity: activity ?? 'unknown', waitingFor, dialog, rule};
  if (output.json) output.value(says);
  else {
    const what = waitingFor === null ? '' : ` for ${waitingFor.kind}: ${waitingFor.detail}`;
    output.line(`${says.activity}${what}${dialog ? ', a dialog is open' : ''} · rule: ${rule}`);
  }
  return 0;
}

function readScreen(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, SCREEN_MAX);
  } catch (cause) {
    throw new AmuxError('input.invalid', {why: `cannot read ${basename(file)}`, next: 'name a file'}, cause);
  }
}
