import type {AgentEvent} from '../domain/agent-event.ts';
import type {ProgramState} from '../domain/evidence.ts';

/** One sign of a title and what it means; the first that is found counts. */
export type TitleSign = {sign: RegExp; state: ProgramState; kind?: string};

export function titleReader(signs: readonly TitleSign[]): (title: string) => AgentEvent | null {
  return title => {
    const found = signs.find(({sign}) => sign.test(title));
    return found === undefined ? null : {type: 'status', state: found.state, kind: found.kind ?? '', message: ''};
  };
}
