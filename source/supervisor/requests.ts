import type {Request} from '../domain/approvals.ts';
import {AmuxError} from '../domain/errors.ts';
import type {ApprovalView} from '../domain/fleet.ts';
import {isLive, type Session} from '../domain/session.ts';

/** Requests of sessions that run, oldest first. */
export function openRequests<T extends {session: Session}>(of: Iterable<T>): {holder: T; request: Request}[] {
  return [...of]
    .filter(({session}) => isLive(session))
    .flatMap(holder => holder.session.requests.map(request => ({holder, request})))
    .sort((a, b) => a.request.at - b.request.at || (a.request.id < b.request.id ? -1 : 1));
}

export function approvalView({id, name, agent, dir}: Session, request: Request): ApprovalView {
  const {kind, tool, input, title, suggestions, choices, via, at} = request;
  return {
    id: request.id,
    session: name,
    session_id: id,
    agent,
    dir,
    kind,
    tool,
    input: input ?? null,
    title,
    suggestions,
    choices: choices.map(({label, means}, i) => ({n: i + 1, label, means})),
    via,
    asked_at: Math.floor(at / 1000),
  };
}

/** By id, the name or id of a session with exactly one, or an unambiguous prefix of an id. Throws `approval.*`. */
export function findRequest<T extends {session: Session}>(open: {holder: T; request: Request}[], ref: string) {
  const exact = open.find(({request}) => request.id === ref);
  if (exact !== undefined) return exact;
  const own = open.filter(({holder: {session}}) => session.name === ref || session.id === ref);
  const found = own.length > 0 || ref === '' ? own : open.filter(({request}) => request.id.startsWith(ref));
  if (found.length > 1) {
    const candidates = found.map(({holder, request}) => `${request.id} (${holder.session.name})`).join(', ');
    throw new AmuxError('approval.ambiguous', {ref, candidates});
  }
  const [only] = found;
  if (only === undefined) throw new AmuxError('approval.unknown', {ref});
  return only;
}
