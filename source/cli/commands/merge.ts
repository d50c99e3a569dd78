import {AmuxError} from '../../domain/errors.ts';
import type {Merged} from '../../domain/workspace.ts';
import type {Run} from '../command.ts';
import {boolFlag, textFlag} from '../flags.ts';
import {trusting} from '../trusting.ts';

/** A removal that was asked for and is refused is a conflict, though the merge stands. */
const KEPT = 4;

export const merge: Run = async context => {
  const {args, cwd, output, flags} = context;
  const [only, never] = [boolFlag(context, 'ffOnly'), flags['ff'] === false];
  if (only && never) {
    const why = '--ff-only refuses merge commits, --no-ff makes one';
    throw new AmuxError('input.invalid', {why, next: 'give one of them'});
  }
  const message = textFlag(context, 'message');
  if (message?.trim() === '')
    throw new AmuxError('input.invalid', {why: 'the message is empty', next: 'leave --message out'});
  const remove = boolFlag(context, 'remove');
  const teardown = flags['teardown'] !== false;
  const wanted = {
    cwd,
    into: textFlag(context, 'into'),
    ff: only ? 'only' : never ? 'never' : undefined,
    message,
  } as const;
  const fleet = await context.fleet('write');
  const merged = await trusting(context, trust => fleet.mergeWorkspace(args[0]!, {...wanted, remove, teardown, trust}));
  if (output.json) output.value(merged);
  else output.line(sentence(merged));
  for (const notice of merged.notices) output.notice(`amux: ${notice}`);
  return remove && !merged.removed ? KEPT : 0;
};

function sentence({workspace, branch, into, how, commits, commit, removed}: Merged): string {
  const gone = removed ? `; ${workspace.name} removed` : '';
  if (how === 'nothing to merge') return `${into} has everything of ${branch} already${gone}`;
  return `${branch} merged into ${into}: ${commits} commit${commits === 1 ? '' : 's'}, ${how} ${commit.slice(0, 12)}${gone}`;
}
