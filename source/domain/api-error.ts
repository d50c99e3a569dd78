import {clock} from './clock.ts';
import {backOff, pausing} from './pause.ts';

const HOUR_MS = 3_600_000;

/**
 * What no retry heals, by what the agents say. `holds`: the next message would fail as well; else the error is about this
 * one alone.
 */
const LASTING: readonly {says: RegExp; what: string; holds: boolean}[] = [
  {
    says: /\b401\b|\b403\b|invalid (?:x-)?api[ -]key|incorrect api key|unauthori[sz]ed|authentication|log ?in\b|permission_error/i,
    what: 'it cannot log in',
    holds: true,
  },
  {says: /\b402\b|billing|credit balance|payment|insufficient_quota|spend limit/i, what: 'it cannot pay', holds: true},
  {
    says: /\b404\b|model_not_found|(?:unknown|invalid|unsupported) model|model[^.]{0,80}(?:not exist|not found|not supported)/i,
    what: 'it cannot have its model',
    holds: true,
  },
  {
    says: /\b(?:400|413|422)\b|invalid[_ ]request|bad request|invalid_argument|request_too_large/i,
    what: 'its request is not valid',
    holds: false,
  },
];

/** An error of the API ended its turn: it is asked to go on, a few times. */
export const apiError = pausing({
  name: 'error',
  about: 'an error of its API ended its turn: it is asked to go on after a while, a few times',
  plan({session, now, settings}, {tries, detail}) {
    const lasting = LASTING.find(({says}) => says.test(detail));
    if (lasting !== undefined) {
      const left = lasting.holds ? 'it is left to a person' : 'it is not tried again, the next message is not held';
      return {until: null, open: !lasting.holds, verdict: 'left', reason: `${lasting.what}: ${left}`};
    }
    const {first, tries: most} = settings.error;
    if (tries > most) {
      return {until: null, verdict: 'left', reason: `${tries} failed turns in a row: it is left to a person`};
    }
    const until = now + backOff(session, {tries, first, most: HOUR_MS});
    return {until, verdict: 'retry', reason: `it is asked to go on at ${clock(until, now)} (try ${tries} of ${most})`};
  },
});
