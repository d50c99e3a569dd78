import {AmuxError, asAmuxError} from '../../domain/errors.ts';
import type {WorkspaceView} from '../../domain/workspace.ts';
import type {Run} from '../command.ts';
import {boolFlag, textFlag} from '../flags.ts';
import {trusting} from '../trusting.ts';

/** One after the other; what is kept does not keep the rest. The exit code is the first failure's. */
export const remove: Run = async context => {
  const {args, cwd, output, flags} = context;
  const fleet = await context.fleet('write');
  const [discard, teardown] = [boolFlag(context, 'discard'), flags['teardown'] !== false];
  const done: WorkspaceView[] = [];
  let code = 0;
  for (const ref of args) {
    try {
      const removed = await trusting(context, trust => fleet.removeWorkspace(ref, {cwd, discard, teardown, trust}));
      done.push(removed);
      for (const notice of removed.notices) output.notice(`amux: ${removed.name}: ${notice}`);
      if (!output.json) output.line(`${removed.name} removed`);
    } catch (error) {
      const known = asAmuxError(error);
      if (args.length === 1) throw known;
      output.error(known);
      code ||= known.exit;
    }
  }
  if (output.json) output.value(args.length === 1 ? done[0] : done);
  return code;
};

export const prune: Run = async context => {
  const {cwd, output} = context;
  const text = textFlag(context, 'days');
  if (text !== undefined && !/^\d{1,5}$/.test(text)) {
    throw new AmuxError('input.invalid', {why: `--days takes a number, not "${text}"`, next: 'e.g. --days 30'});
  }
  const dryRun = boolFlag(context, 'dryRun');
  const days = text === undefined ? undefined : Number(text);
  const fleet = await context.fleet('write');
  const pruned = await fleet.pruneWorkspaces({cwd, days, dryRun});
  if (output.json) {
    output.value(pruned);
    return 0;
  }
  for (const {name, removed, why} of pruned) {
    // What is kept says its name itself.
    output.line(removed ? `${name} ${dryRun ? 'would be removed' : 'removed'}: ${why}` : why);
  }
  if (pruned.length === 0) output.line(`nothing to prune: no workspace was left alone for ${days ?? 7} days`);
  return 0;
};
