import {AmuxError} from '../../domain/errors.ts';
import {type RuleMode, type RuleName, ruleModes, ruleNames} from '../../domain/watch.ts';
import type {FiringView, RuleView} from '../../domain/watch-view.ts';
import type {Context, Run} from '../command.ts';
import {momentText, type Output} from '../output.ts';

/** The word that takes away a session's own mode. */
const DEFAULT = 'default';

/** The rules of the watchdog for one session, or another mode of one of them. */
export const watchdog: Run = async context => {
  const {args, output} = context;
  const [ref = '', rule, mode] = args;
  if (rule === undefined) {
    const {watchdog: rules} = await (await context.fleet('read')).explain(ref);
    if (output.json) output.value(rules);
    else await rulesTable(output, rules);
    return 0;
  }
  const patch = patchOf(context, {rule, mode});
  const session = await (await context.fleet('write')).update(ref, {watchdog: patch});
  if (output.json) output.value(session);
  else output.line(`${session.name}: ${rule} ${mode === DEFAULT ? 'as configured' : mode}`);
  return 0;
};

/** Mode, what comes next and what was last, by rule. */
export async function rulesTable(output: Output, rules: readonly RuleView[]): Promise<void> {
  const now = Date.now();
  await output.table(
    ['RULE', 'MODE', 'NEXT', 'LAST'],
    rules.map(({rule, mode, next, fired}) => [rule, mode, nextText(next, now), firedText(fired, now)]),
  );
}

function nextText(next: RuleView['next'], now: number): string {
  if (next === null) return '-';
  return next.at === null ? next.what : `${momentText(next.at * 1000, now)} ${next.what}`;
}

function firedText(fired: FiringView | null, now: number): string {
  if (fired === null) return '-';
  const {at, verdict, reason, dry_run} = fired;
  return `${momentText(at * 1000, now)} ${dry_run ? 'would be ' : ''}${verdict}: ${reason}`;
}

function patchOf({args}: Context, {rule, mode}: {rule: string; mode: string | undefined}) {
  const [ref] = args;
  const named: readonly RuleName[] = rule === 'all' ? ruleNames : ruleNames.filter(each => each === rule);
  if (named.length === 0) {
    throw new AmuxError('input.invalid', {
      why: `there is no rule "${rule.slice(0, 40)}"`,
      next: `use ${ruleNames.join(', ')} or all`,
    });
  }
  const wanted: RuleMode | null | undefined = mode === DEFAULT ? null : ruleModes.find(each => each === mode);
  if (wanted === undefined) {
    const why = mode === undefined ? `which mode for ${rule}?` : `a rule cannot be "${mode.slice(0, 40)}"`;
    throw new AmuxError('input.invalid', {
      why,
      next: `amux watchdog ${ref} ${rule} ${[...ruleModes, DEFAULT].join('|')}`,
    });
  }
  return Object.fromEntries(named.map(each => [each, wanted]));
}
