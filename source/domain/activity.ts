import {type Reading, type Signals, type WaitingFor, type Word, type WordSource, wordSources} from './evidence.ts';
import type {Activity, Session} from './session.ts';

/** A burst of output at least this long counts as a turn of its own, in ms. */
export const TURN_MIN_MS = 2000;
/** A program whose input line was never recognised is believed all the same after this, in ms. */
const UNREADY_MS = 20_000;
/** A program that prints nothing at all counts as ready after this, in ms. */
export const SILENT_START_MS = 2500;
/** Captures older than the last output by more than this prove nothing about now, in ms. */
const SCREEN_LAG_MS = 50;
/** Work that goes on printing is believed until the next capture, which comes within this time, in ms. */
const WORK_LAG_MS = 1500;
/** A dialog around which something is drawn, likewise: what is not known to work is looked at sooner, in ms. */
const DIALOG_LAG_MS = 600;

/** A message that went in is taken up within this time, in ms: until then an older word of idleness counts for nothing. */
export const TAKEN_UP_MS = 1500;
/** The same where its API tells: OpenCode loads its providers first (7 s measured for the first message), in ms. */
export const STREAM_TAKEN_UP_MS = 15_000;
/** What was observed within this time speaks of the same moment: there trust decides, not age, in ms. */
export const TOGETHER_MS = 500;
/** A program whose processes are busy although it prints nothing is looked at again after this, in ms. */
const TREE_AGAIN_MS = 1000;

/** These tell everything that happens: what they say is not taken back by a screen that merely looks quiet. */
const COMPLETE: ReadonlySet<WordSource> = new Set(['program', 'stream', 'title']);

export type Verdict = {
  activity: Activity;
  waitingFor: WaitingFor | null;
  reason: string;
  by: Session['decidedBy'];
  /** When to look again without new evidence. */
  wake: number | null;
  /** Its processes have to be looked at before silence may mean idle. */
  looks?: boolean;
};

/** What a live session does, by its best evidence: its own word, else its screen, else its output. */
export function judgeActivity(session: Session, now: number): Verdict {
  const word = freshestWord(session.signals);
  return bySubmission(session, word, now) ?? byWord(session, word, now) ?? byScreen(session) ?? byOutput(session, now);
}

/** A turn that a message began, or one long enough to be one. */
export function endsTurn(session: Session): boolean {
  const {output, submitted} = session.signals;
  if (submitted !== null && submitted.at >= session.activitySince) return true;
  // A dialog in the middle of a turn is no end of it, however soon the turn ends after the answer.
  if (submitted !== null && submitted.command !== true && submitted.over !== true) return true;
  return session.rested && output !== null && output.at - session.activitySince >= TURN_MIN_MS;
}

type Told = Word & {source: WordSource};

/** The newest word; of those told within the same moment the most trusted. */
function freshestWord(signals: Signals): Told | null {
  const newest = Math.max(...wordSources.map(source => signals[source]?.at ?? Number.NEGATIVE_INFINITY));
  for (const source of wordSources) {
    const word = signals[source];
    if (word !== null && word.at >= newest - TOGETHER_MS) return {...word, source};
  }
  return null;
}

/** Between the Enter of a message and the program's next word, the last one is about the time before. */
function bySubmission({signals}: Session, word: Told | null, now: number): Verdict | null {
  const {submitted} = signals;
  if (submitted === null || word === null || word.at > submitted.at || submitted.command === true) return null;
  if (word.state === 'working' || word.state === 'blocked') return null;
  const wake = submitted.at + (word.source === 'stream' ? STREAM_TAKEN_UP_MS : TAKEN_UP_MS);
  if (now >= wake) return null;
  return {activity: 'working', waitingFor: null, reason: 'a message was entered', by: 'submitted', wake};
}

/** The program's own word outranks all that is inferred, unless its screen shows something later that it cannot have told. */
function byWord(session: Session, word: Told | null, now: number): Verdict | null {
  if (word === null) return null;
  const said = verdictOf(session, word, now);
  const shown = byScreen(session);
  const {screen} = session.signals;
  if (screen === null) return said;
  // The end of a turn and its error come together, and those who tell of ends alone do not contradict the error.
  const margin = shown?.activity === 'waiting' && !screen.reading.dialog ? 0 : TOGETHER_MS;
  if (screen.at <= word.at + margin) {
    // One that was drawn right behind the word counts once it still stands when that moment is over.
    const over = word.at + margin + 1;
    const stands = shown?.activity === 'waiting' && screen.at > word.at && isCurrent(session);
    if (!stands || word.state === 'blocked') return said;
    if (now < over) return {...said, wake: Math.min(over, said.wake ?? over)};
  }
  if (shown !== null && outranks(shown, screen.reading, word)) return shown;
  if (word.state === 'working' && !COMPLETE.has(word.source)) return byQuietScreen(session, now) ?? said;
  return said;
}

/** Positive evidence on a screen that is clearly newer than the word. */
function outranks(shown: Verdict, reading: Reading, word: Told): boolean {
  if (shown.activity === 'waiting') {
    if (reading.dialog) return word.state !== 'blocked';
    // An old error stays on the screen: only those who do not tell of errors leave it to the screen.
    return (word.state === 'idle' || word.state === 'done') && word.source !== 'program' && word.source !== 'stream';
  }
  // Both say the same: the word says it better.
  if (word.state === 'working') return false;
  // A dialog hides whatever works behind it: where work is seen, none stands there any more.
  return word.state !== 'error' || !COMPLETE.has(word.source);
}

function verdictOf(session: Session, {source, at, state, kind, message}: Told, now: number): Verdict {
  const base = {waitingFor: null, wake: null, by: source, reason: `${NAMES[source]}: ${state}`};
  switch (state) {
    case 'working':
      return {...base, activity: 'working'};
    case 'idle':
    case 'done':
      return starting(session, now) ?? {...base, activity: 'idle'};
    case 'error': {
      // Its screen often says better which error it is.
      const {screen} = session.signals;
      const shown = screen !== null && screen.at >= at && !screen.reading.dialog ? screen.reading.waitingFor : null;
      const other = errorTold(session.signals, at);
      const told = {
        kind: other === null ? kindOfError(kind) : kindOfError(other.kind),
        detail: message || other?.message || 'the program reports an error',
      };
      return {...base, activity: 'waiting', waitingFor: told.kind === 'error' && shown !== null ? shown : told};
    }
    case 'blocked': {
      const reading = session.signals.screen?.reading;
      // What a person opened is his own doing: it waits for nobody.
      if (reading?.dialog === true && reading.activity === 'idle' && session.requests.length === 0) {
        return {...base, activity: 'idle', reason: `screen rule ${reading.rule}`, by: 'screen'};
      }
      const asked = kindOfAsking(kind, message);
      // The word says that it waits; its request or its screen often say better for what.
      const [request] = session.requests;
      const requested = request === undefined ? null : {kind: request.kind, detail: request.title};
      const shown = reading?.waitingFor ?? null;
      const waitingFor = requested ?? shown ?? {kind: asked, detail: message || asked};
      const reason = `${NAMES[source]}: blocked, ${waitingFor.detail}`;
      return {...base, activity: 'waiting', waitingFor, reason};
    }
  }
}

const NAMES: Record<WordSource, string> = {
  program: 'program status',
  stream: 'its events',
  hook: 'hook',
  file: 'its files',
  title: 'terminal title',
};

/** Some say that they are idle before they take any input. */
function starting({ready, run}: Session, now: number): Verdict | null {
  const wake = (run?.startedAt ?? 0) + UNREADY_MS;
  if (ready || now >= wake) return null;
  const reason = 'it starts: its input line was not there yet';
  return {activity: 'unknown', waitingFor: null, reason, by: 'screen', wake};
}

function kindOfAsking(kind: string, message: string): WaitingFor['kind'] {
  if (kind === 'question' || kind === 'plan' || kind === 'trust') return kind;
  if (kind === 'auth' || kind === 'login') return 'login';
  return /^trust (this|the) /i.test(message) ? 'trust' : 'permission';
}

/** What another source says of the same error, when it says which one it is. */
function errorTold(signals: Signals, at: number): Word | null {
  for (const source of wordSources) {
    const word = signals[source];
    if (word?.state !== 'error' || Math.abs(word.at - at) > TOGETHER_MS) continue;
    if (kindOfError(word.kind) !== 'error') return word;
  }
  return null;
}

function kindOfError(kind: string): WaitingFor['kind'] {
  return kind === 'limit' || kind === 'context' || kind === 'login' ? kind : 'error';
}

/** A rule that matched on a capture which is not older than the last output. */
function byScreen(session: Session): Verdict | null {
  const {screen} = session.signals;
  if (screen === null || screen.reading.activity === null) return null;
  const {reading} = screen;
  const lag = reading.activity === 'working' ? WORK_LAG_MS : reading.dialog ? DIALOG_LAG_MS : SCREEN_LAG_MS;
  if (!isCurrent(session, lag)) return null;
  // Programs repaint their input line while they work: "idle" also needs the quiet that follows.
  if (reading.activity === 'idle') return null;
  return {
    activity: reading.activity ?? 'unknown',
    waitingFor: reading.waitingFor,
    reason: `screen rule ${reading.rule}`,
    by: 'screen',
    wake: null,
  };
}

function isCurrent({signals}: Session, lagMs = SCREEN_LAG_MS): boolean {
  const newest = Math.max(signals.output?.at ?? 0, signals.submitted?.at ?? 0);
  return signals.screen !== null && signals.screen.at + lagMs >= newest;
}

/** Its free input line stands still: the end of a turn of which nothing told (an interrupt). */
function byQuietScreen(session: Session, now: number): Verdict | null {
  const {screen, output} = session.signals;
  if (screen?.reading.activity !== 'idle' || !screen.reading.composer || !isCurrent(session)) return null;
  const quietAt = Math.max(output?.at ?? 0, screen.at) + session.quietMs;
  const base = {waitingFor: null, by: 'screen' as const};
  if (now < quietAt) return {...base, activity: 'working', reason: 'terminal output', wake: quietAt};
  return {...base, activity: 'idle', reason: `its input line is free and still for ${quiet(session)}`, wake: null};
}

function byOutput(session: Session, now: number): Verdict {
  const {output, submitted, screen, tree} = session.signals;
  const last = Math.max(output?.at ?? 0, submitted?.at ?? 0);
  const printing = last > 0;
  const startedAt = session.run?.startedAt ?? 0;
  const quietAt = printing ? last + session.quietMs : startedAt + Math.max(session.quietMs, SILENT_START_MS);
  if (now < quietAt) {
    if (!printing) return {activity: 'unknown', waitingFor: null, reason: 'just started', by: 'process', wake: quietAt};
    const byMessage = (submitted?.at ?? 0) > (output?.at ?? 0);
    const reason = byMessage ? 'a message was entered' : 'terminal output';
    return {activity: 'working', waitingFor: null, reason, by: byMessage ? 'submitted' : 'output', wake: quietAt};
  }
  if (session.hasScreenRules && screen?.reading.composer !== true) {
    const reason = 'quiet, but its prompt is not on screen';
    return {activity: 'unknown', waitingFor: null, reason, by: 'screen', wake: null};
  }
  const idle = {activity: 'idle' as const, waitingFor: null, reason: `quiet for ${quiet(session)}`, wake: null};
  if (session.hasScreenRules) return {...idle, by: 'output'};
  // Silence is no proof where nothing else tells: a compiler prints nothing for minutes.
  const looked = tree !== null && tree.at >= quietAt ? tree : null;
  if (looked === null) {
    const before = session.activity === 'unknown' ? 'unknown' : session.activity === 'working' ? 'working' : 'idle';
    return {activity: before, waitingFor: null, reason: session.reason, by: 'output', wake: null, looks: true};
  }
  if (looked.busy === null) return {...idle, by: 'output'};
  const again = looked.at + TREE_AGAIN_MS;
  const reason = `quiet, but ${looked.busy} runs`;
  return {activity: 'working', waitingFor: null, reason, by: 'tree', wake: again, looks: now >= again};
}

const quiet = ({quietMs}: Session): string => `${quietMs / 1000} s`;
