import type {Fleet} from '../domain/fleet.ts';
import type {Store} from '../store/store.ts';

/**
 * What promises something new, or begins it. It is refused before anything happens while a home cannot be written;
 * whatever ends, frees or answers something is not.
 */
const PROMISES = [
  'register',
  'update',
  'start',
  'restart',
  'run',
  'fork',
  'send',
  'sendAll',
  'switchModels',
  'createToken',
  'addCard',
  'updateCard',
  'claimCard',
  'nextCard',
  'undo',
  'addNote',
  'writeMemory',
  'setBudget',
  'createWorkspace',
  'mergeWorkspace',
  'addMcpServer',
  'replaceMcpServers',
  'addSchedule',
  'changeSchedule',
  'runSchedule',
] as const satisfies readonly (keyof Fleet)[];

export function withRoom(fleet: Fleet, store: Pick<Store, 'ready'>): Fleet {
  const guarded = PROMISES.map(name => {
    const act = fleet[name] as (...given: unknown[]) => Promise<unknown>;
    const whenReady = async (...given: unknown[]): Promise<unknown> => {
      store.ready();
      return act(...given);
    };
    return [name, whenReady] as const;
  });
  return {...fleet, ...Object.fromEntries(guarded)};
}
