import {AmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';
import {isLive} from '../domain/session.ts';
import type {Roster} from './roster.ts';
import {eachOf} from './selection.ts';

type Compacting = {as: (actor: string) => Pick<Fleet, 'compact'>};

/** What has conversations compacted because somebody asks. */
export function compacting({roster, now}: {roster: Roster; now: () => number}): Compacting {
  return {
    as: actor => ({
      async compact(of) {
        return eachOf(roster, of, async runner => {
          const {session} = runner;
          const {name, agent} = session;
          if (roster.agentOf(session).compactCommand === null) throw new AmuxError('agent.compact', {name, agent});
          if (!isLive(session)) throw new AmuxError('session.not-running', {name});
          runner.observe({source: 'compaction', at: now(), state: 'asked'}, actor);
          runner.update({}, 'to be compacted at its next turn boundary', actor);
        });
      },
    }),
  };
}
