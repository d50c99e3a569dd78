import {clock} from './clock.ts';
import {backOff, pausing} from './pause.ts';
import {resetOf} from './reset-time.ts';
import type {Session} from './session.ts';

/** Its agent itself tries again, within its turn. */
export const isRetrying = ({activity, signals}: Session): boolean =>
  activity === 'working' && signals.screen?.reading.rule === 'retrying';

/** A little later than it says: clocks differ, in ms. */
const SLACK_MS = 5000;

/** It ran into a limit of its provider: it sleeps until that ends, and is asked to go on. */
export const limit = pausing({
  name: 'limit',
  about: 'a rate or usage limit stopped it: it sleeps until the reset time, and goes on by itself',
  plan({session, now, settings}, {tries, detail}) {
    const reset = resetOf(detail, now);
    if (reset !== null) {
      const until = reset + SLACK_MS;
      return {until, told: true, verdict: 'sleep', reason: `it sleeps until ${clock(until, now)}, as its agent says`};
    }
    const until = now + backOff(session, {tries, ...settings.limit});
    const guess = `its agent does not say until when, this is try ${tries}`;
    return {until, verdict: 'sleep', reason: `it sleeps until ${clock(until, now)} (${guess})`};
  },
});
