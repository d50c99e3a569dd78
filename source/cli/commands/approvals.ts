import type {Decision} from '../../domain/approvals.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {ApprovalView} from '../../domain/fleet.ts';
import type {Context, Run} from '../command.ts';
import type {GivesWay} from '../fit-columns.ts';
import {boolFlag, textFlag} from '../flags.ts';
import {duration} from '../output.ts';

/** On a narrow terminal: an answer needs the id, and who gives it has to see what is asked. */
const GIVES_WAY: readonly GivesWay[] = [
  {column: 'WHAT', least: 24},
  {column: 'SESSION', least: 8},
  {column: 'AGE', least: 0},
  {column: 'KIND', least: 0},
];

export const approvals: Run = async context => {
  const {output} = context;
  const fleet = await context.fleet('read');
  const open = await fleet.approvals();
  if (output.json) {
    output.value(open);
    return 0;
  }
  const now = Date.now() / 1000;
  await output.table(
    ['ID', 'SESSION', 'KIND', 'WHAT', 'AGE'],
    open.map(each => [each.id, each.session, each.kind, whatOf(each), duration(now - each.asked_at)]),
    GIVES_WAY,
  );
  return 0;
};

export const approve: Run = async context => {
  const answer = textFlag(context, 'answer');
  const always = boolFlag(context, 'always');
  if (always && answer !== undefined) {
    const why = '--always and --answer do not go together';
    throw new AmuxError('input.invalid', {why, next: 'an answer is for a question, always for a permission'});
  }
  return decide(context, {behaviour: always ? 'always' : 'allow', ...(answer === undefined ? {} : {answer})});
};

export const deny: Run = async context => {
  const message = textFlag(context, 'message');
  return decide(context, {behaviour: 'deny', ...(message === undefined ? {} : {message})});
};

async function decide({args, output, fleet}: Context, decision: Decision): Promise<number> {
  const decided = await (await fleet('write')).decide(args[0]!, decision);
  if (output.json) output.value(decided);
  else output.line(`${decided.session}: ${decided.title}: ${decided.outcome}`);
  return 0;
}

function whatOf({tool, title, choices, kind}: ApprovalView): string {
  const what = tool === null || title.startsWith(tool) ? title : `${tool}: ${title}`;
  const text = what.replace(/\s+/g, ' ').trim();
  if (kind !== 'question' || choices.length === 0) return text;
  return `${text} (${choices.map(({n, label}) => `${n} ${label}`).join(', ')})`;
}
