import {randomBytes} from 'node:crypto';
import type {Asked, Request} from '../domain/approvals.ts';
import type {EventType} from '../domain/events.ts';
import type {Evidence} from '../domain/evidence.ts';
import {type Echo, looksAgainAt, type Sight, sightOf, unheard, whyEnded} from '../domain/requests.ts';
import {isLive, type Session} from '../domain/session.ts';

/** Who decides a request just now, and in which words the journal will say so. */
export type Claim = {actor: string; why: string};

type AsksOptions = {
  session: () => Session;
  now: () => number;
  observe: (evidence: Evidence) => void;
  record: (type: EventType, reason: string, actor: string) => void;
  /** Looks at the clock again at that time. */
  wake: (at: number) => void;
  /** Looks at the screen again. */
  look: () => void;
  onAsked: (request: Request) => void;
  onSettled: (request: Request, why: string) => void;
};

/** The requests of one session on their way into its state and into the journal. */
export class Asks {
  readonly #options: AsksOptions;
  /** By request. An end that comes while somebody decides is that decision's. */
  readonly #claims = new Map<string, Claim>();
  readonly #pressed = new Map<string, Claim>();
  /** The last one that is over. */
  #echo: Echo | null = null;
  #sight: Sight | null = null;

  constructor(options: AsksOptions) {
    this.#options = options;
  }

  claimOf(id: string): Claim | null {
    return this.#claims.get(id) ?? null;
  }

  claim(id: string, claim: Claim): void {
    this.#claims.set(id, claim);
  }

  /** Others may decide it again. `pressed`: a key was, so that a late end of it is this decision's all the same. */
  unclaim(id: string, {pressed}: {pressed: boolean}): void {
    const claim = this.#claims.get(id);
    this.#claims.delete(id);
    if (pressed && claim !== undefined) this.#pressed.set(id, claim);
  }

  /** Its agent asks through one of its doors. */
  told(asked: Asked, {via, at}: {via: 'hook' | 'stream'; at: number}): void {
    const request: Request = {...asked, id: newId(), via, at, shown: null, missedAt: null};
    this.#options.observe({source: 'asked', at, request});
    this.#options.look();
  }

  /** Journals what was opened and closed, and opens what the screen alone tells of. True when the list changed. */
  follow(before: Session, evidence: Evidence): boolean {
    const {session, now, observe, onAsked, wake, look} = this.#options;
    const {requests} = session();
    const changed = this.#journal(before.requests, evidence);
    if (isLive(session())) {
      const {screen} = session().signals;
      this.#sight = screen === null ? null : sightOf(this.#sight, screen);
      const found = unheard(session(), now(), {echo: this.#echo, since: this.#sight?.since ?? now()});
      if (found !== null && 'open' in found) {
        observe({source: 'asked', at: found.open.at, request: {...found.open, id: newId()}});
      } else if (found !== null) {
        if (now() < found.wait) wake(found.wait);
        else look();
      }
      const again = looksAgainAt(requests);
      if (again !== null && again > now()) wake(again);
      else if (again !== null) look();
    }
    for (const request of requests) {
      const known = before.requests.find(({id}) => id === request.id);
      // Its agent's own word is more than what the screen told.
      if (known === undefined || known.via !== request.via) onAsked(request);
    }
    return changed;
  }

  #journal(before: readonly Request[], evidence: Evidence): boolean {
    const {session, now, record, onSettled} = this.#options;
    const {requests} = session();
    if (requests === before) return false;
    let changed = false;
    for (const request of before) {
      if (requests.some(({id}) => id === request.id)) continue;
      const claim = this.#claims.get(request.id) ?? this.#pressed.get(request.id);
      this.#claims.delete(request.id);
      this.#pressed.delete(request.id);
      const why = claim?.why ?? whyEnded(evidence);
      record('approval.settled', `${request.title}: ${why}`, claim?.actor ?? 'supervisor');
      onSettled(request, why);
      if (evidence.source !== 'screen') this.#echo = {request, at: now()};
      changed = true;
    }
    for (const request of requests) {
      const known = before.find(({id}) => id === request.id);
      if (known === undefined) record('approval.asked', `${request.kind}: ${request.title}`, 'supervisor');
      else if (isNews(known, request)) {
        const offers = request.choices.map(({label}) => label).join(' · ');
        record('approval.shown', `${request.title}: ${offers}`, 'supervisor');
      } else continue;
      changed = true;
    }
    return changed;
  }
}

/** Told to those who show it; that a dialog is hidden for a moment is not worth it. */
const isNews = (before: Request, {choices, title}: Request): boolean =>
  before.title !== title || (choices.length > 0 && choices.length !== before.choices.length);

/** Short enough to be typed: `a-1x2y3z`. */
function newId(): string {
  const letters = '23456789abcdefghjkmnpqrstuvwxyz';
  return `a-${[...randomBytes(6)].map(byte => letters[byte % letters.length]).join('')}`;
}
