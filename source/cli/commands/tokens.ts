import {roles, type TokenView} from '../../domain/access.ts';
import {parseDuration} from '../../domain/amounts.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {Run} from '../command.ts';
import {choiceFlag, textFlag} from '../flags.ts';
import {duration} from '../output.ts';
import {withToken} from '../remote.ts';

export const create: Run = async context => {
  const {output} = context;
  const role = choiceFlag(context, 'role', roles);
  if (role === undefined) {
    throw new AmuxError('input.invalid', {why: 'what may the token do?', next: `--role ${roles.join('|')}`});
  }
  const expires = textFlag(context, 'expires');
  const expiresAt = expires === undefined ? undefined : momentOf(expires, Date.now());
  const fleet = await context.fleet('write');
  const made = await fleet.createToken({role, name: textFlag(context, 'name'), expires_at: expiresAt});
  const {id, name, token, expires_at} = made;
  if (output.json) {
    output.value({id, name, role, token, expires_at});
    return 0;
  }
  // In a pipe the token stands alone, so that `$(amux token create …)` is one.
  const say = output.terminal ? output.line : output.notice;
  const ends = expires_at === null ? 'never expires' : `expires ${dateOf(expires_at)}`;
  output.line(token);
  say(`${name} (${id}, ${role}, ${ends}): this is the only time that it is shown`);
  const url = context.remote?.target.url ?? (await fleet.health()).url;
  if (url === null) say('the API is on the socket alone: amux doctor says why');
  else say(`export AMUX_URL=${withToken(url, token)}`);
  return 0;
};

export const list: Run = async context => {
  const {output} = context;
  const tokens = await (await context.fleet('read')).listTokens();
  if (output.json) {
    output.value(tokens);
    return 0;
  }
  const now = Date.now() / 1000;
  await output.table(
    ['ID', 'NAME', 'ROLE', 'AGE', 'EXPIRES'],
    tokens.map(each => [each.id, each.name, each.role, duration(now - each.created_at), endOf(each, now)]),
  );
  return 0;
};

export const revoke: Run = async context => {
  const [ref] = context.args as [string];
  const fleet = await context.fleet('write');
  await fleet.revokeToken(ref);
  if (context.output.json) context.output.value({revoked: ref});
  else context.output.line(`${ref} revoked`);
  return 0;
};

/** Unix seconds of `30d`, `12h`, `90m` from now, or of a date. Throws `input.invalid`. */
export function momentOf(text: string, now: number): number {
  const span = /^\d+(\.\d+)?(s|m|h|d)$/.test(text) ? parseDuration(text) : null;
  const at = span === null ? dateIn(text) : now + span;
  const seconds = at === null ? Number.NaN : Math.floor(at / 1000);
  const next = 'e.g. --expires 30d, 12h, 90m, or a date such as 2030-01-31';
  if (Number.isNaN(seconds) || seconds > LATEST_S) {
    throw new AmuxError('input.invalid', {why: `--expires cannot be "${text.slice(0, 80)}"`, next});
  }
  if (at! > now) return seconds;
  throw new AmuxError('input.invalid', {why: `--expires ${text} is over already`, next});
}

/** Later than this nobody means a moment, in unix seconds: the end of the year 9999. */
const LATEST_S = 253_402_300_799;

/** ISO 8601 only: what else `Date` reads depends on where it runs. */
function dateIn(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) return null;
  return Date.parse(text);
}

const dateOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/\.000Z$/, 'Z');

function endOf({expires_at}: TokenView, now: number): string {
  if (expires_at === null) return 'never';
  return expires_at <= now
    ? `expired ${duration(now - expires_at)} ago`
    : `in ${duration(Math.ceil(expires_at - now))}`;
}
