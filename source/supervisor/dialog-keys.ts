import type {Agent} from '../agents/agent.ts';
import type {Backend} from '../backends/backend.ts';
import {type Choice, choiceFor, type Decision, type Request} from '../domain/approvals.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Reading} from '../domain/evidence.ts';
import {isSameDialog} from '../domain/requests.ts';
import type {Screen} from '../domain/screen.ts';
import {isLive} from '../domain/session.ts';
import {encodeKeys} from '../terminal/keys.ts';
import type {Runner} from './runner.ts';

/** A dialog takes no keys right after it came up (measured: 300 ms ignored, 600 ms taken), in ms. */
const STOOD_MS = 700;
/** How long its dialog may take to come (back) into sight, and to move after a key or to go, in ms. */
const SIGHT_MS = 3000;
const MOVE_MS = 1500;
const GONE_MS = 4000;
/** A screen that no rule knows counts as another one after this, in ms. */
const BLANK_MS = 1000;
const LOOK_EVERY_MS = 50;

type Sight = {reading: Reading; screen: Screen};

export type KeyOptions = {runner: Runner; backend: Backend; agent: Agent; now: () => number};

/**
 * Answers a request by the keys of its dialog: looks again right before, presses only when the same dialog has stood
 * long enough, and looks whether it went. Throws when anything is not as it should be; no key is pressed twice.
 */
export async function answerByKeys(options: KeyOptions, request: Request, decision: Decision): Promise<void> {
  const {runner} = options;
  const {name} = runner.session;
  if (options.agent.read === null) {
    throw new AmuxError('approval.hidden', {name, why: 'amux has no rules for its screen'});
  }
  const {choice, ...sight} = await sighted(options, request, decision);
  let {reading: dialog, screen} = sight;
  for (let rest = choice.keys; rest.length > 0; rest = rest.slice(1)) {
    runner.screen.typed();
    await options.backend.write(runner.session.id, encodeKeys(rest.slice(0, 1), screen.modes));
    const others = rest.slice(1);
    if (others.length === 0) break;
    // Arrows move the mark, and some dialogs ask once more: what the next key does is read from the screen.
    const after = await until(MOVE_MS, async () => {
      const next = await look(options);
      const same = isSameDialog(shownBy(dialog), next.reading);
      const offered = next.reading.choices.find(each => (same ? each.label === choice.label : means(each, choice)));
      return offered !== undefined && String(offered.keys) === String(others) ? next : null;
    });
    if (after === null) throw new AmuxError('approval.stuck', {name, what: 'not what the next key was for'});
    dialog = after.reading;
    screen = after.screen;
  }
  if (!(await wentAway(options, {id: request.id, dialog}))) {
    throw new AmuxError('approval.stuck', {name, what: `its dialog (${request.title})`});
  }
}

async function wentAway(options: KeyOptions, {id, dialog}: {id: string; dialog: Reading}): Promise<boolean> {
  const {runner} = options;
  // A dialog that asks once more has taken the place of its request already.
  const first = runner.session.requests.some(each => each.id === id);
  const isOver = () => first && !runner.session.requests.some(each => each.id === id);
  const pressed = performance.now();
  const gone = await until(GONE_MS, async () => {
    if (isOver()) return true;
    try {
      const {reading} = await look(options);
      if (isOver()) return true;
      // A screen that says nothing may be half drawn, or what comes after the dialog.
      const known = reading.rule !== 'none' || performance.now() - pressed > BLANK_MS;
      return known && !isSameDialog(shownBy(dialog), reading) ? true : null;
    } catch (error) {
      await runner.settled();
      if (!isLive(runner.session)) return true;
      throw error;
    }
  });
  return gone !== null;
}

const shownBy = ({rule, waitingFor}: Reading) => ({rule, detail: waitingFor?.detail ?? ''});

const means = (each: Choice, choice: Choice): boolean => each.means === choice.means || each.means === 'allow';

/** The choice to press, once the dialog of the request is on screen and has stood there long enough. */
async function sighted(
  options: KeyOptions,
  {id, title}: Request,
  decision: Decision,
): Promise<Sight & {choice: Choice}> {
  const {runner, now} = options;
  const {name} = runner.session;
  let why = 'its dialog is not on the screen';
  const found = await until(SIGHT_MS, async () => {
    const sight = await look(options);
    const {reading} = sight;
    const request = runner.session.requests.find(each => each.id === id);
    if (request === undefined) throw new AmuxError('approval.settled', {id, name, why: 'its dialog is gone'});
    if (request.shown === null || !isSameDialog(request.shown, reading)) {
      if (reading.dialog) why = `another dialog stands before it (${reading.waitingFor?.detail ?? reading.rule})`;
      return null;
    }
    if (now() - request.shown.since < STOOD_MS) return null;
    return {...sight, choice: choiceFor(reading.choices, decision)};
  });
  if (found === null) throw new AmuxError('approval.hidden', {name, why});
  const {choice} = found;
  if (choice !== null) return {...found, choice};
  throw unsupported(name, {title, decision, choices: found.reading.choices});
}

function unsupported(name: string, about: {title: string; decision: Decision; choices: readonly Choice[]}): AmuxError {
  const {title, decision, choices} = about;
  const wanted = decision.answer === undefined ? decision.behaviour : `the answer "${decision.answer}"`;
  const offers = choices.map(({label}, i) => `${i + 1} ${label}`).join(', ');
  const why = `its dialog (${title}) has no choice for ${wanted}`;
  const next = offers === '' ? `amux attach ${name} shows it` : `amux approve ${name} --answer N: ${offers}`;
  return new AmuxError('approval.unsupported', {name, why, next});
}

async function look({runner, backend, agent, now}: KeyOptions): Promise<Sight> {
  const at = now();
  const screen = await backend.capture(runner.session.id);
  const reading = agent.read!(screen);
  runner.observe({source: 'screen', at, reading});
  // The session knows more of a dialog than its screen says; but what is hidden takes no keys.
  const known = runner.session.signals.screen;
  return {reading: reading.layer === 'overlay' || known?.at !== at ? reading : known.reading, screen};
}

async function until<T>(boundMs: number, look: () => Promise<T | null>): Promise<T | null> {
  const end = performance.now() + boundMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > end) return null;
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
