import type {ApprovalView} from '../domain/fleet.ts';
import type {State} from './state.ts';

/** What the Approvals screen knows: what is open, oldest first, and where its reader stands. */
export type Requests = {
  open: readonly ApprovalView[];
  /** Id of the chosen one; null: there is none. */
  chosen: string | null;
  /** First line of its text in sight. */
  top: number;
};

export const noRequests: Requests = {open: [], chosen: null, top: 0};

/** The choice stays on its request while that is open, else it goes to the one in its place. */
export function withOpen(before: Requests, open: readonly ApprovalView[]): Requests {
  if (open.some(({id}) => id === before.chosen)) return {...before, open};
  const at = before.open.findIndex(({id}) => id === before.chosen);
  const next = open[Math.max(0, Math.min(at, open.length - 1))];
  return {open, chosen: next?.id ?? null, top: 0};
}

export function moveChoice(requests: Requests, by: number): Requests {
  const {open, chosen} = requests;
  const at = open.findIndex(({id}) => id === chosen);
  const to = Math.max(0, Math.min(open.length - 1, at + by));
  return to === at || open.length === 0 ? requests : {...requests, chosen: open[to]!.id, top: 0};
}

/** What a key would answer: the chosen one, or on the Fleet screen the oldest of the selected session. */
export function requestInHand({place, requests, selected, dialog}: State): ApprovalView | null {
  const {open, chosen} = requests;
  if (place === 'approvals' || dialog.kind === 'answer') return open.find(({id}) => id === chosen) ?? null;
  return place === 'fleet' ? (open.find(({session_id}) => session_id === selected) ?? null) : null;
}

/** What each session asks, in one line: its oldest request. */
export function asksOf({open}: Requests): ReadonlyMap<string, string> {
  const asks = new Map<string, string>();
  for (const each of open) if (!asks.has(each.session_id)) asks.set(each.session_id, each.title);
  return asks;
}
