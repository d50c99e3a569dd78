import {agentOf} from '../agents/registry.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';
import {modelNamed, modelView} from '../domain/model.ts';
import {isLive, type Session} from '../domain/session.ts';
import {changeSession} from './change-session.ts';
import {runsItself} from './equip.ts';
import type {Roster} from './roster.ts';
import {eachOf} from './selection.ts';

type Models = {as: (actor: string) => Pick<Fleet, 'switchModels'>};

/** What gives sessions other models. */
export function models({roster}: {roster: Roster}): Models {
  return {
    as: actor => ({
      async switchModels(of, model) {
        const named = modelNamed(model);
        const outcomes = await eachOf(roster, of, async runner => {
          changeSession({runner, patch: {model: named}, actor, yoloFlags: null});
        });
        return outcomes.map(outcome => {
          return {...outcome, model: outcome.ok ? modelView(roster.find(outcome.name).session) : null};
        });
      },
    }),
  };
}

/** What a wish for a model changes of a session. Throws `agent.model`, `agent.other`, `session.one-shot`. */
export function wishOf(session: Session, model: string | null): Partial<Session> {
  const {name, agentType, agent, run, kind} = session;
  const {modelFlags, resumeFlags} = agentOf(agentType);
  const named = modelNamed(model);
  if (named !== null && modelFlags === null) throw new AmuxError('agent.model', {agent});
  const wish = {model: named, refused: null};
  if (!isLive(session)) {
    if (kind === 'one-shot') throw new AmuxError('session.one-shot', {name, agent});
    return wish;
  }
  if (run === null || modelFlags === null) return wish;
  if (resumeFlags === null || !runsItself(agentOf(agentType), run.argv))
    throw new AmuxError('agent.other', {name, agent});
  // As an older amux recorded it.
  if (run.model === undefined) return {...wish, run: {...run, model: session.model, ownModel: session.model}};
  return wish;
}
