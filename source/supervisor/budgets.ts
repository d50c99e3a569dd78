import {
  type Budget,
  type BudgetInput,
  type Budgets,
  type BudgetTarget,
  type BudgetView,
  budgetId,
  budgetText,
  budgetView,
  heldText,
  newsOf,
  shareText,
} from '../domain/budget.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Entry} from '../domain/events.ts';
import type {Session} from '../domain/session.ts';
import {modeOf, type RuleMode} from '../domain/watch.ts';
import type {Store} from '../store/store.ts';
import type {Roster} from './roster.ts';
import type {Spendings} from './spending.ts';
import type {WatchFiles} from './watch-settings.ts';

type Options = {
  store: Store;
  roster: () => Roster;
  spendings: Spendings;
  watching: WatchFiles;
  now: () => number;
};

export type BudgetKeeper = {
  as: (actor: string) => Budgets;
  /** Why the queue of a session is held; null: it is not. */
  held: (session: Session) => string | null;
  /** Tells what became near or over, and lets queues go on that are not held any more. */
  look: () => void;
};

/** Holds the queues of those whose budget is used up. What runs already goes on: a turn is never cut off for money. */
export function budgetKeeper({store, roster, spendings, watching, now}: Options): BudgetKeeper {
  const {budgets} = store.state;
  let over: {budget: Budget; percent: number}[] = [];

  const sessionOf = (id: string) => roster().runners.get(id)?.session;
  const viewOf = (budget: Budget): BudgetView => viewNow(budget, {spendings, sessionOf, now: now()});

  const put = (
    record: Budget,
    {type, actor, reason}: {type: 'budget.set' | 'budget.near' | 'budget.over'; actor: string; reason: string},
  ): Omit<Entry, 'cursor'> => ({
    type,
    actor,
    at: now(),
    session: null,
    reason,
    changes: [{kind: 'put', table: 'budgets', record}],
  });

  const look = (): void => {
    const before = over.length;
    over = [];
    for (const budget of [...budgets.values()]) {
      const view = viewOf(budget);
      if (view.state === 'over') over.push({budget, percent: view.percent});
      const told = newsOf(budget, view, budget.per === 'day' ? dayOf(now()) : '');
      const mode = modeFor(subjectOf(budget));
      if (told === null || mode === 'off') continue;
      const isOver = told.percent === 100;
      const holds = mode === 'on' ? 'is held' : 'would be held';
      const reason = `${shareText(view.percent)} of ${budgetText(budget)} is used${isOver ? `: its queue ${holds}` : ''}`;
      const type = isOver ? 'budget.over' : 'budget.near';
      store.keep(put({...budget, told}, {type, actor: 'supervisor', reason}));
    }
    if (before === 0) return;
    for (const runner of roster().liveOnes) {
      if (runner.queue.pending.length > 0 && held(runner.session) === null) {
        runner.observe({source: 'clock', at: now()});
      }
    }
  };

  /** Of a budget over several: what holds for the fleet. */
  const modeFor = (session: Session | null | undefined): RuleMode => {
    const settings = watching.of(session ?? null);
    return session == null ? settings.modes.budget : modeOf('budget', session, settings);
  };
  const subjectOf = ({of, name}: Budget): Session | undefined =>
    of === 'session' ? roster().all.find(({session}) => session.name === name)?.session : undefined;

  const held = (session: Session): string | null => {
    if (over.length === 0 || modeFor(session) !== 'on') return null;
    const found = over.find(({budget}) => isAbout(budget, session));
    return found === undefined ? null : heldText(found.budget, found.percent);
  };

  const as = (actor: string): Budgets => ({
    async budgets() {
      return budgetViews({budgets, spendings, sessionOf, now: now()});
    },

    async setBudget(input) {
      const target = targetOf(input, roster());
      const per = input.per ?? 'day';
      const {tokens = null, usd = null} = input;
      if ((tokens === null) === (usd === null)) {
        throw new AmuxError('input.invalid', {why: 'a budget is in tokens or in USD', next: 'give one of the two'});
      }
      const id = budgetId(target, per);
      const budget: Budget = {...target, id, tokens, usd, per, setAt: now(), told: {day: '', percent: 0}};
      store.append(put(budget, {type: 'budget.set', actor, reason: `budget: ${budgetText(budget)}`}));
      look();
      return viewOf(budgets.get(id)!);
    },

    async removeBudget(id) {
      const budget = budgets.get(id);
      if (budget === undefined) throw new AmuxError('budget.unknown', {budget: id.slice(0, 80)});
      const reason = `no budget any more: ${budgetText(budget)}`;
      store.append({
        type: 'budget.set',
        actor,
        at: now(),
        session: null,
        reason,
        changes: [{kind: 'delete', table: 'budgets', id}],
      });
      look();
    },
  });

  return {as, held, look};
}

type Judging = {spendings: Spendings; sessionOf: (id: string) => Session | undefined; now: number};

/** By what they are about. */
export function budgetViews({budgets, ...judging}: Judging & {budgets: ReadonlyMap<string, Budget>}): BudgetView[] {
  return [...budgets.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(budget => viewNow(budget, judging));
}

function viewNow(budget: Budget, {spendings, sessionOf, now}: Judging): BudgetView {
  const since = budget.per === 'day' ? midnight(now) : undefined;
  const used = spendings.used(holder => isAbout(budget, sessionOf(holder.session) ?? holder), since);
  return budgetView(budget, used);
}

/** A session that is gone counts for the name and the tags that it had. */
function isAbout({of, name}: Pick<Budget, 'of' | 'name'>, session: {name: string; tags: readonly string[]}): boolean {
  if (of === 'fleet') return true;
  return of === 'session' ? session.name === name : session.tags.includes(name!);
}

function targetOf({session, tag}: BudgetInput, roster: Roster): BudgetTarget {
  if (session !== undefined && tag !== undefined) {
    throw new AmuxError('input.invalid', {
      why: 'a budget is of a session or of a tag',
      next: 'give one of the two, or none for the fleet',
    });
  }
  if (session !== undefined) return {of: 'session', name: roster.find(session).session.name};
  return tag === undefined ? {of: 'fleet', name: null} : {of: 'tag', name: tag};
}

function midnight(at: number): number {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return Math.floor(day.getTime() / 1000);
}

const dayOf = (at: number): string => new Date(midnight(at) * 1000).toDateString();
