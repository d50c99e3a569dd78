import {parseCommandLine} from '../config/command-line.ts';
import {AmuxError} from '../domain/errors.ts';
import type {SessionPatch} from '../domain/fleet.ts';
import {oneLines} from '../domain/names.ts';
import type {Session} from '../domain/session.ts';
import {wishOf} from './models.ts';
import type {Runner} from './runner.ts';

type Change = {runner: Runner; patch: SessionPatch; actor: string; yoloFlags: string[] | null};

/**
 * Changes how a session will be started; its model at its next turn boundary. Throws `session.one-shot`, `agent.yolo`,
 * `command.line` and what `wishOf` throws.
 */
export function changeSession({runner, patch, actor, yoloFlags}: Change): void {
  const {session} = runner;
  const {tags, model, watchdog, ...launching} = patch;
  const keys = Object.keys(patch).filter(key => patch[key as keyof SessionPatch] !== undefined);
  const changed = keys.map(key => (key === 'watchdog' ? modesText(watchdog) : key));
  if (changed.length === 0) return;
  const starts = Object.values(launching).some(value => value !== undefined);
  if (starts && session.kind === 'one-shot') {
    throw new AmuxError('session.one-shot', {name: session.name, agent: session.agent});
  }
  const wish = model === undefined ? {} : wishOf(session, model);
  if (patch.yolo === true && yoloFlags === null) throw new AmuxError('agent.yolo', {agent: session.agent});
  if (patch.command != null) parseCommandLine(patch.command);
  const changes: Partial<Session> = {
    ...(tags === undefined ? {} : {tags: oneLines(tags)}),
    ...wish,
    ...(patch.command === undefined ? {} : {command: patch.command}),
    ...(patch.yolo === undefined ? {} : {yolo: patch.yolo}),
    ...(patch.env === undefined ? {} : {env: patch.env}),
    ...(watchdog === undefined ? {} : {watch: {...session.watch, modes: withModes(session.watch.modes, watchdog)}}),
    ...(patch.restart === undefined ? {} : {restart: patch.restart}),
  };
  const before = session.model ?? session.run?.model ?? 'default';
  const switched = model === undefined ? '' : `: model ${before} → ${wish.model ?? 'default'}`;
  runner.update(changes, `${session.name}: ${changed.join(', ')} changed${switched}`, actor);
  if (model !== undefined) void runner.outbox.deliver();
  if (watchdog !== undefined) runner.observe({source: 'clock', at: session.updatedAt});
}

const modesText = (given: SessionPatch['watchdog'] = {}): string =>
  `watchdog (${Object.entries(given)
    .map(([rule, mode]) => `${rule} ${mode ?? 'as configured'}`)
    .join(', ')})`;

type Modes = Session['watch']['modes'];

/** A null takes away what was said before. */
function withModes(before: Modes, given: NonNullable<SessionPatch['watchdog']>): Modes {
  const all = Object.entries({...before, ...given}).filter(([, mode]) => mode != null);
  return Object.fromEntries(all) as Modes;
}
