import {type Decision, forDoor, type Request} from '../domain/approvals.ts';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {Decided, Fleet} from '../domain/fleet.ts';
import {isLive} from '../domain/session.ts';
import {answerByKeys} from './dialog-keys.ts';
import type {Ruled} from './policy.ts';
import {approvalView, findRequest, openRequests} from './requests.ts';
import type {Roster} from './roster.ts';
import type {Runner} from './runner.ts';

/** How long a request may take to be over after its agent has taken the answer, in ms. */
const TAKEN_MS = 2000;
/** Settled requests that are remembered, so that a late answer hears what became of them. */
const SETTLED_KEPT = 200;

/**
 * Answers a request over the door that it came through. Resolves with false when that is no longer possible (its
 * connection died): then the keys of its dialog are pressed.
 */
export type Answerer = (runner: Runner, request: Request, decision: Decision) => Promise<boolean>;

/** By the door of the request. */
export type Answerers = {hook?: Answerer; stream?: Answerer};

export type ApprovalsOptions = {
  roster: Roster;
  answerers: Answerers;
  /** Decides without asking; null: a person is asked. */
  policy: (session: Runner['session'], request: Request) => Ruled | null;
  enqueue: (runner: Runner, message: {text: string; actor: string}) => void;
  now: () => number;
};

type Approvals = Pick<Fleet, 'approvals'> & {
  decide: (ref: string, decision: Decision, actor: string) => Promise<Decided>;
  asked: (runner: Runner, request: Request) => void;
  settled: (runner: Runner, request: Request, why: string) => void;
};

/** Who says a decision, and how the journal tells it. */
type Saying = {decision: Decision; actor: string; why: string};

/** What sessions ask, and how it is answered. */
export function approvals({roster, answerers, policy, enqueue, now}: ApprovalsOptions): Approvals {
  const over = new Map<string, {id: string; name: string; why: string}>();

  const answer = async (runner: Runner, request: Request, {decision, actor}: Saying): Promise<void> => {
    const answerer = request.via === 'screen' ? undefined : answerers[request.via];
    const told = forDoor(request, decision);
    if (told !== null && (await answerer?.(runner, request, told))) {
      await runner.until(({requests}) => requests.every(({id}) => id !== request.id), TAKEN_MS);
      return;
    }
    const {name} = runner.session;
    if (decision.input !== undefined) {
      const why = 'its input cannot be changed by the keys of its dialog';
      throw new AmuxError('approval.unsupported', {name, why, next: 'deny it with a message that says what to do'});
    }
    await answerByKeys(
      {runner, backend: roster.backendOf(runner.session), agent: roster.agentOf(runner.session), now},
      request,
      decision,
    );
    // Dialogs take no text: what goes with the denial is the next message.
    if (decision.behaviour === 'deny' && decision.message) enqueue(runner, {text: decision.message, actor});
  };

  const decide = async (runner: Runner, request: Request, saying: Saying): Promise<Decided> => {
    const {session, asks} = runner;
    const {actor, why} = saying;
    const {id, title} = request;
    const other = asks.claimOf(id);
    if (other !== null) throw new AmuxError('approval.settled', {id, name: session.name, why: `${other.why} just now`});
    asks.claim(id, {actor, why});
    try {
      await answer(runner, request, saying);
    } catch (error) {
      asks.unclaim(id, {pressed: asAmuxError(error).code === 'approval.stuck'});
      throw error;
    }
    const left = runner.session.requests.find(each => each.id === id);
    // One request of several questions goes on with the next of them.
    if (left !== undefined && left.kind === 'question' && left.via !== 'screen' && left.shown !== null)
      asks.unclaim(id, {pressed: false});
    else if (left !== undefined) runner.observe({source: 'settled', at: now(), ref: null, id, why});
    return {id, session: session.name, title, outcome: why};
  };

  /** After whoever told of the request has kept what it needs for the answer. */
  const decideByPolicy = async (runner: Runner, id: string): Promise<void> => {
    const request = runner.session.requests.find(each => each.id === id);
    if (request === undefined || !isLive(runner.session)) return;
    try {
      const ruled = policy(runner.session, request);
      if (ruled !== null) await decide(runner, request, {...ruled, actor: 'policy'});
    } catch (error) {
      const {message} = asAmuxError(error);
      const reason = `${request.title}: left to a person, as the policy could not decide: ${message}`;
      roster.keep({type: 'notice', actor: 'policy', session: runner.session, reason, changes: []});
    }
  };

  return {
    async approvals() {
      return openRequests(roster.liveOnes)
        .filter(({holder, request}) => holder.asks.claimOf(request.id) === null)
        .map(({holder, request}) => approvalView(holder.session, request));
    },

    async decide(ref, decision, actor) {
      const before = over.get(ref);
      if (before !== undefined) throw new AmuxError('approval.settled', before);
      const {holder, request} = findRequest(openRequests(roster.liveOnes), ref);
      checkDecision(holder.session.name, request, decision);
      return decide(holder, request, {decision, actor, why: outcomeOf(decision)});
    },

    asked(runner, {id}) {
      setImmediate(() => void decideByPolicy(runner, id));
    },

    settled({session: {name}}, {id}, why) {
      over.set(id, {id, name, why});
      for (const oldest of over.keys()) {
        if (over.size <= SETTLED_KEPT) break;
        over.delete(oldest);
      }
    },
  };
}

/** The reply to a hook that is held open for it, and the API of a program that serves one. */
export function answerersOf(roster: Roster): Answerers {
  return {
    async hook(runner, request, decision) {
      const {answerHook} = roster.agentOf(runner.session);
      if (answerHook === null || request.ref === null) return false;
      return runner.doors.held.answer(request.ref, answerHook(request, decision));
    },
    async stream(runner, request, decision) {
      return (await runner.doors.stream?.answer(request, decision)) ?? false;
    },
  };
}

function checkDecision(name: string, {kind}: Request, {behaviour, answer, message}: Decision): void {
  if (behaviour === 'allow' && kind === 'question' && answer === undefined) {
    const why = 'it asks a question: that takes an answer';
    throw new AmuxError('approval.unsupported', {name, why, next: `amux approve ${name} --answer N`});
  }
  if (message !== undefined && behaviour !== 'deny') {
    const next = `amux send ${name} TEXT reaches it afterwards`;
    throw new AmuxError('approval.unsupported', {name, why: 'a message goes with a denial', next});
  }
}

function outcomeOf({behaviour, message, answer, input}: Decision): string {
  if (behaviour === 'deny') return message ? `denied: ${message}` : 'denied';
  if (answer !== undefined) return `answered: ${answer}`;
  return `allowed${behaviour === 'always' ? ', and from now on' : ''}${input === undefined ? '' : ', with another input'}`;
}
