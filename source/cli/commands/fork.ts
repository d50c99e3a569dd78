import type {Run} from '../command.ts';
import {boolFlag, textFlag} from '../flags.ts';
import {trusting} from '../trusting.ts';
import {pick} from './life.ts';

/** What did not come along goes to stderr. */
export const fork: Run = async context => {
  const {args, output} = context;
  const [source = '', name = ''] = args;
  const fleet = await context.fleet('write');
  const callerEnv = pick(context.env, await fleet.variables({ref: source}));
  const made = await trusting(context, trust =>
    fleet.fork(source, {
      name,
      branch: textFlag(context, 'branch'),
      prompt: textFlag(context, 'prompt'),
      clean: boolFlag(context, 'clean'),
      handoff: boolFlag(context, 'handoff'),
      yolo: boolFlag(context, 'yolo'),
      trust,
      setup: context.flags['setup'] !== false,
      callerEnv,
    }),
  );
  if (made.notice !== null) output.notice(`amux: ${made.notice}`);
  if (output.json) output.value(made);
  else {
    const {id, agent, branch, workspace} = made;
    const on = branch === null ? '' : ` on ${branch}`;
    output.line(`${made.name} forked from ${source} (${id}, ${agent})${on} in ${workspace.path}`);
  }
  return 0;
};
