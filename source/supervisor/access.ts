import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import {type Access, type Caller, type TokenRecord, tokenView} from '../domain/access.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Entry} from '../domain/events.ts';
import {oneLine} from '../domain/names.ts';
import {isLive} from '../domain/session.ts';
import type {Store} from '../store/store.ts';
import type {Roster} from './roster.ts';

const TOKEN_BYTES = 32;
/** Tokens of one home, at most. */
const TOKENS_MAX = 500;

/** URL-safe, so that it can stand as userinfo in a URL, and never read as a flag where it stands on a command line. */
export function newToken(): string {
  for (;;) {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    if (/^[A-Za-z0-9]/.test(token)) return token;
  }
}

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
export const isHashOf = (hash: string, token: string): boolean => sameHash(hash, hashToken(token));

type Options = {roster: Roster; store: Store; now: () => number};

/** The tokens of a home: those that people made, and each running session's own. */
export function access({roster, store, now}: Options): {
  as: (actor: string) => Access;
  callerOf: (token: string) => Caller | null;
} {
  const {tokens} = store.state;
  const record = (entry: Pick<Entry, 'type' | 'actor' | 'reason' | 'changes'>) =>
    store.append({...entry, at: now(), session: null});

  const as = (actor: string): Access => ({
    async listTokens() {
      return [...tokens.values()].sort((a, b) => a.createdAt - b.createdAt).map(tokenView);
    },

    async createToken({role, name, expires_at}) {
      const at = now();
      if (expires_at !== undefined && expires_at * 1000 <= at) {
        const next = 'give a time in the future';
        throw new AmuxError('input.invalid', {why: 'the token would have expired already', next});
      }
      const id = `t-${randomBytes(4).toString('hex')}`;
      const chosen = oneLine(name ?? '') || id;
      // CI makes one under the same name for each run: what has expired keeps neither its name nor its place.
      const isFull = tokens.size >= TOKENS_MAX;
      const over = [...tokens.values()].filter(each => isOver(each, at));
      const valid = [...tokens.values()].filter(each => !over.includes(each));
      if (valid.length >= TOKENS_MAX) throw new AmuxError('token.many', {count: valid.length});
      if (valid.some(each => each.name === chosen)) throw new AmuxError('token.exists', {name: chosen});
      const gone = over.filter(each => isFull || each.name === chosen);
      const token = newToken();
      const made: TokenRecord = {
        id,
        name: chosen,
        role,
        hash: hashToken(token),
        createdAt: at,
        expiresAt: expires_at === undefined ? null : expires_at * 1000,
      };
      const changes = [
        ...gone.map(each => ({kind: 'delete' as const, table: 'tokens' as const, id: each.id})),
        {kind: 'put' as const, table: 'tokens' as const, record: made},
      ];
      record({type: 'token.created', actor, reason: `token ${chosen} (${role})`, changes});
      return {...tokenView(made), token};
    },

    async revokeToken(ref) {
      const found = [...tokens.values()].find(({id, name}) => id === ref || name === ref);
      if (found === undefined) throw new AmuxError('token.unknown', {ref});
      const changes = [{kind: 'delete' as const, table: 'tokens' as const, id: found.id}];
      record({type: 'token.revoked', actor, reason: `token ${found.name} revoked`, changes});
    },
  });

  const callerOf = (token: string): Caller | null => {
    const hash = hashToken(token);
    const known = [...tokens.values()].filter(each => sameHash(each.hash, hash))[0];
    if (known !== undefined) {
      if (isOver(known, now())) return null;
      return {actor: `api:${known.name}`, role: known.role, session: null};
    }
    const own = roster.liveOnes.filter(({session: {run}}) => run?.apiToken != null && sameHash(run.apiToken, hash))[0];
    if (own === undefined || !isLive(own.session)) return null;
    return {actor: `agent:${own.session.name}`, role: 'agent', session: own.session.id};
  };

  return {as, callerOf};
}

const isOver = ({expiresAt}: TokenRecord, at: number): boolean => expiresAt !== null && expiresAt <= at;

function sameHash(known: string, given: string): boolean {
  return timingSafeEqual(Buffer.from(known, 'hex'), Buffer.from(given, 'hex'));
}
