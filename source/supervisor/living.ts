import {AmuxError} from '../domain/errors.ts';
import type {Fleet, Selection} from '../domain/fleet.ts';
import {isLive} from '../domain/session.ts';
import {changeSession} from './change-session.ts';
import {removeLastScreen} from './last-screen.ts';
import type {Life} from './life.ts';
import type {Roster} from './roster.ts';
import {eachOf} from './selection.ts';

const EVERYONE: Selection = {all: true};

type Living = Pick<
  Fleet,
  'register' | 'update' | 'unregister' | 'start' | 'stop' | 'restart' | 'stopAll' | 'run' | 'variables' | 'resize'
>;

/** The life of sessions. */
export function living({
  roster,
  life,
  screensDir,
  actor,
}: {
  roster: Roster;
  life: Life;
  screensDir: string;
  actor: string;
}): Living {
  return {
    async register(input) {
      return roster.view(life.register(input, actor));
    },

    async update(ref, patch) {
      const runner = roster.find(ref);
      changeSession({runner, patch, actor, yoloFlags: roster.agentOf(runner.session).yoloFlags});
      return roster.view(runner);
    },

    async unregister(ref) {
      const runner = roster.find(ref);
      const {session} = runner;
      if (isLive(session)) throw new AmuxError('session.running', {name: session.name});
      const reason = `${session.name} unregistered`;
      const changes = [{kind: 'session.delete' as const, id: session.id}];
      roster.append({type: 'session.unregistered', actor, session, reason, changes});
      roster.remove(runner);
      removeLastScreen(screensDir, session.id);
      life.forget(session);
    },

    async start(ref, input = {}) {
      const runner = roster.find(ref);
      await life.start(runner, input, actor);
      return roster.view(runner);
    },

    async stop(ref, {force = false} = {}) {
      const runner = roster.find(ref);
      await life.stop(runner, force, actor);
      return roster.view(runner);
    },

    async restart(ref, input = {}) {
      const runner = roster.find(ref);
      if (isLive(runner.session)) await life.stop(runner, false, actor);
      await life.start(runner, input, actor);
      return roster.view(runner);
    },

    async stopAll({of = EVERYONE, force = false} = {}) {
      return eachOf(roster, of, runner => life.stop(runner, force, actor));
    },

    async run(input) {
      return roster.view(await life.run(input, actor));
    },

    async variables(target) {
      if (!('ref' in target)) return life.variables(target);
      return life.variablesOf(roster.find(target.ref).session);
    },

    async resize(ref, size) {
      const runner = roster.find(ref);
      life.size = size;
      runner.sizeToCome = size;
      runner.expectRepaint();
      // While it starts it has no terminal yet: it takes the size when it has.
      if (runner.session.run?.pid != null) {
        await roster.inTerminal(runner, backend => backend.resize(runner.session.id, size));
        runner.screen.resized();
      }
      return roster.view(runner);
    },
  };
}
