import type {TokenRecord} from './access.ts';
import type {Card} from './board.ts';
import type {Budget} from './budget.ts';
import type {Note} from './knowledge.ts';
import type {Schedule} from './schedule.ts';
import type {Session} from './session.ts';
import type {ConversationRecord} from './spending.ts';
import type {Message, Since} from './steering.ts';

/** What is stored, by table. */
export type Records = {
  sessions: Session;
  messages: Message;
  tokens: TokenRecord;
  cards: Card;
  notes: Note;
  conversations: ConversationRecord;
  budgets: Budget;
  schedules: Schedule;
};
export type TableName = keyof Records;
export const tableNames = [
  'sessions',
  'messages',
  'tokens',
  'cards',
  'notes',
  'conversations',
  'budgets',
  'schedules',
] as const satisfies readonly TableName[];

/** A whole record of a table without ties to others. */
const wholeTables = ['tokens', 'cards', 'notes', 'conversations', 'budgets', 'schedules'] as const;
type WholeTable = (typeof wholeTables)[number];
type Put = {[T in WholeTable]: {kind: 'put'; table: T; record: Records[T]}}[WholeTable];

/** One stored fact: a whole record after the change, or its end. Applying it twice is harmless. */
export type Change =
  | {kind: 'session.put'; session: Session}
  | {kind: 'session.delete'; id: string}
  | {kind: 'message.put'; message: Message}
  | {kind: 'message.state'; id: string; state: Message['state']; reason: string; changedAt: number; since?: Since}
  | {kind: 'message.delete'; id: string}
  | {kind: 'card.beat'; id: string; at: number}
  | {kind: 'card.place'; id: string; position: number}
  | Put
  | {kind: 'delete'; table: Put['table']; id: string};

export const eventTypes = [
  'session.registered',
  'session.unregistered',
  'session.changed',
  'session.status',
  'session.activity',
  'approval.asked',
  'approval.shown',
  'approval.settled',
  'message.queued',
  'message.state',
  'token.created',
  'token.revoked',
  'card.added',
  'card.changed',
  'card.claimed',
  'card.renewed',
  'card.released',
  'card.archived',
  'note.added',
  'memory.written',
  'mcp.changed',
  'budget.set',
  'budget.near',
  'budget.over',
  'schedule.added',
  'schedule.changed',
  'schedule.removed',
  'schedule.ran',
  'schedule.skipped',
  'schedule.failed',
  'workspace.created',
  'workspace.removed',
  'workspace.merged',
  'workspace.changed',
  'supervisor.started',
  'supervisor.stopped',
  'backend.lost',
  'watchdog.fired',
  'watchdog.alarm',
  'notice',
  'notice.told',
  'snapshot',
] as const;
export type EventType = (typeof eventTypes)[number];

/** One entry of the journal. */
export type Entry = {
  /** Grows by one with each entry of a home; the `id:` of the event stream. */
  cursor: number;
  /** ms since the epoch. */
  at: number;
  type: EventType;
  /** Who caused it: `cli`, `cockpit`, `api:NAME`, `supervisor`. */
  actor: string;
  session: {id: string; name: string} | null;
  reason: string;
  changes: Change[];
};

/** All that is stored of a fleet: the records of each table by their ids. */
export type FleetState = {[T in TableName]: Map<string, Records[T]>};

export const emptyState = (): FleetState => perTable(() => new Map()) as FleetState;

export function perTable<V>(make: (table: TableName) => V): Record<TableName, V> {
  return Object.fromEntries(tableNames.map(table => [table, make(table)])) as Record<TableName, V>;
}

const kinds: Record<Change['kind'], true> = {
  'session.put': true,
  'session.delete': true,
  'message.put': true,
  'message.state': true,
  'message.delete': true,
  'card.beat': true,
  'card.place': true,
  put: true,
  delete: true,
};

/** What `apply` does not know of a change that a newer amux wrote: its kind or its table; null: it knows it. */
export function unknownIn(change: Change): string | null {
  if (!Object.hasOwn(kinds, change.kind)) return change.kind;
  if (!('table' in change) || wholeTables.includes(change.table)) return null;
  return `${change.kind} ${String(change.table)}`;
}

/** Changes the state in place. */
export function apply(state: FleetState, change: Change): void {
  switch (change.kind) {
    case 'session.put':
      state.sessions.set(change.session.id, change.session);
      return;
    case 'session.delete':
      state.sessions.delete(change.id);
      for (const message of state.messages.values()) {
        if (message.session === change.id) state.messages.delete(message.id);
      }
      return;
    case 'message.put':
      state.messages.set(change.message.id, change.message);
      return;
    case 'message.state': {
      const message = state.messages.get(change.id);
      if (message === undefined) return;
      const {state: to, reason, changedAt, since = message.since} = change;
      const changed = {...message, state: to, reason, changedAt};
      state.messages.set(change.id, since === undefined ? changed : {...changed, since});
      return;
    }
    case 'message.delete':
      state.messages.delete(change.id);
      return;
    case 'card.beat': {
      const card = state.cards.get(change.id);
      if (card?.claim == null) return;
      state.cards.set(change.id, {...card, claim: {...card.claim, beatAt: change.at}});
      return;
    }
    case 'card.place': {
      const card = state.cards.get(change.id);
      if (card !== undefined) state.cards.set(change.id, {...card, position: change.position});
      return;
    }
    case 'put':
      (state[change.table] as Map<string, {id: string}>).set(change.record.id, change.record);
      return;
    case 'delete':
      state[change.table].delete(change.id);
  }
}

/** The records that a change touches, by table: a deleted session takes its messages with it. */
export function touched(state: FleetState, change: Change): {table: TableName; id: string}[] {
  switch (change.kind) {
    case 'session.put':
      return [{table: 'sessions', id: change.session.id}];
    case 'session.delete': {
      const own = [...state.messages.values()].filter(({session}) => session === change.id);
      return [{table: 'sessions', id: change.id}, ...own.map(({id}) => ({table: 'messages' as const, id}))];
    }
    case 'message.put':
      return [{table: 'messages', id: change.message.id}];
    case 'message.state':
    case 'message.delete':
      return [{table: 'messages', id: change.id}];
    case 'card.beat':
    case 'card.place':
      return [{table: 'cards', id: change.id}];
    case 'put':
      return [{table: change.table, id: change.record.id}];
    case 'delete':
      return [{table: change.table, id: change.id}];
  }
}

/** The changes that make an empty state equal to this one: the head of a journal segment. */
export function snapshot(state: FleetState): Change[] {
  return [
    ...[...state.sessions.values()].map((session): Change => ({kind: 'session.put', session})),
    ...[...state.messages.values()].map((message): Change => ({kind: 'message.put', message})),
    ...wholeTables.flatMap(table => [...state[table].values()].map(record => ({kind: 'put', table, record}) as Change)),
  ];
}
