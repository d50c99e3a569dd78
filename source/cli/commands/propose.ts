import {spawn} from 'node:child_process';
import {quoted} from '../../domain/argv.ts';
import {AmuxError} from '../../domain/errors.ts';
import {lossText, type Proposal} from '../../domain/workspace.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, textFlag} from '../flags.ts';
import {onPath} from '../programs.ts';

/** The commands that make a pull request: printed, or run as the caller would run them. */
export const propose: Run = async context => {
  const {args, cwd, output, remote} = context;
  const proposal = await (await context.fleet('read')).proposal(args[0] ?? null, {
    cwd,
    base: textFlag(context, 'base'),
  });
  const commands = commandsOf(context, proposal);
  const {workspace, uncommitted} = proposal;
  if (uncommitted.length > 0) output.notice(`amux: not in it, because it is not committed: ${lossText(uncommitted)}`);
  if (boolFlag(context, 'run')) {
    const no = (why: string, next: string): AmuxError =>
      new AmuxError('workspace.proposal', {workspace: workspace.name, why, next});
    if (remote !== null) throw no(`it is on ${remote.host}`, 'leave --run out, and run the commands there');
    if (onPath('gh', context.env['PATH']) === null) {
      throw no('gh is not on the PATH', 'https://cli.github.com has it; or leave --run out, and use what is printed');
    }
    for (const command of commands) {
      const code = await run(context, {command, cwd: workspace.path});
      if (code !== 0) throw no(`${command.slice(0, 2).join(' ')} ended with ${code}`, 'it has said why above');
    }
    if (output.json) output.value({...proposal, commands});
    return 0;
  }
  if (output.json) output.value({...proposal, commands});
  else for (const command of [['cd', workspace.path], ...commands]) output.line(command.map(quoted).join(' '));
  return 0;
};

function commandsOf(context: Context, {branch, base, remote, bodyFile, ...proposed}: Proposal): string[][] {
  const title = textFlag(context, 'title') ?? proposed.title;
  const body = textFlag(context, 'body') ?? (bodyFile === null ? proposed.body : undefined);
  const text = body === undefined ? ['--body-file', bodyFile!] : ['--body', body];
  const draft = boolFlag(context, 'draft') ? ['--draft'] : [];
  return [
    ['git', 'push', '-u', remote, branch],
    ['gh', 'pr', 'create', '--base', base, '--head', branch, '--title', title, ...text, ...draft],
  ];
}

/** In the caller's terminal and environment. With `--json` stdout is amux's alone. */
function run({env, output}: Context, {command, cwd}: {command: string[]; cwd: string}): Promise<number | string> {
  const [file, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file!, args, {cwd, env, stdio: ['inherit', output.json ? 2 : 'inherit', 'inherit']});
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
}
