import {mkdirSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {capturedScreen} from '../../agents/captured.ts';
import {agentOf} from '../../agents/registry.ts';
import {findProject} from '../../config/project.ts';
import {loadSettings} from '../../config/settings.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {SessionView} from '../../domain/fleet.ts';
import {profilesFor} from '../../supervisor/profiles.ts';
import type {Context, Run} from '../command.ts';
import {textFlag} from '../flags.ts';

const CASE = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/** Keeps a session's screen as a case for screen rules: the screen, and what the rules say of it today. */
export const capture: Run = async context => {
  const {args, output, cwd, paths} = context;
  const name = textFlag(context, 'as') ?? '';
  if (!CASE.test(name)) {
    const why = name === '' ? 'what is the case called?' : `"${name.slice(0, 80)}" is no name for a case`;
    throw new AmuxError('input.invalid', {why, next: '--as NAME: letters, digits, dot, dash and underscore'});
  }
  const fleet = await context.fleet('read');
  const session = await fleet.session(args[0]!);
  const {output: screen} = await fleet.peek(session.id, {ansi: true});
  const {name: agent, read} = agentOf(typeOf(session, context));
  const reading = read === null ? null : read(capturedScreen(screen));
  const out = textFlag(context, 'out');
  const folder = join(out === undefined ? paths.screens : resolve(cwd, out), agent, name);
  try {
    mkdirSync(folder, {recursive: true, mode: 0o700});
    writeFileSync(join(folder, 'screen.ansi'), `${screen}\n`, {mode: 0o600});
    writeFileSync(join(folder, 'said.json'), `${JSON.stringify(reading, null, 2)}\n`, {mode: 0o600});
  } catch (cause) {
    throw new AmuxError('store.write', {file: folder, why: (cause as Error).message}, cause);
  }
  if (output.json) output.value({folder, reading});
  else
    output.line(
      `${folder} · the rules say: ${reading === null ? 'nothing' : `${reading.activity ?? 'unknown'} (${reading.rule})`}`,
    );
  return 0;
};

/** The type behind the session's profile; a profile that is gone or broken is taken for a type. */
function typeOf({agent, dir}: SessionView, {paths}: Context): string {
  try {
    return profilesFor(() => loadSettings(paths.config).settings).resolve(agent, findProject(dir)).type;
  } catch {
    return agent;
  }
}
