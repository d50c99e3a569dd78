import type {Activity, Session, WaitingFor} from './session.ts';

/** A burst of output at least this long counts as a turn of its own, in ms. */
export const TURN_MIN_MS = 2000;
/** A program that prints nothing at all counts as ready after this, in ms. */
export const SILENT_START_MS = 2500;
/** Captures older than the last output by more than this prove nothing about now, in ms. */
const SCREEN_LAG_MS = 50;

/** A message that went in is taken up within this time, in ms: until then an older word of idleness counts for nothing. */
export const TAKEN_UP_MS = 1500;

export type Verdict = {
  activity: Activity;
  waitingFor: WaitingFor | null;
  reason: string;
  by: Session['decidedBy'];
  /** When to look again without new evidence. */
  wake: number | null;
};

/** What a live session does, by its best evidence: its own report, else its screen, else its output. */
export function judgeActivity(session: Session, now: number): Verdict {
  return bySubmission(session, now) ?? byProgram(session) ?? byScreen(session) ?? byOutput(session, now);
}

/** A turn that a message began, or one long enough to be one. */
export function endsTurn(session: Session): boolean {
  const {output, submitted} = session.signals;
  if (submitted !== null && submitted.at >= session.activitySince) return true;
  return output !== null && output.at - session.activitySince >= TURN_MIN_MS;
}

/** Between the Enter of a message and the program's next report, the last one is about the time before. */
function bySubmission({signals}: Session, now: number): Verdict | null {
  const {submitted, program} = signals;
  if (submitted === null || program === null || program.at > submitted.at) return null;
  if (program.state === 'working' || program.state === 'blocked') return null;
  const wake = submitted.at + TAKEN_UP_MS;
  if (now >= wake) return null;
  return {activity: 'working', waitingFor: null, reason: 'a message was entered', by: 'submitted', wake};
}

/** The program's own report (OSC 7501) outranks all that is inferred. */
function byProgram(session: Session): Verdict | null {
  const report = session.signals.program;
  if (report === null) return null;
  const base = {waitingFor: null, wake: null, by: 'program' as const, reason: `program status: ${report.state}`};
  switch (report.state) {
    case 'working':
      return {...base, activity: 'working'};
    case 'idle':
    case 'done':
      return {...base, activity: 'idle'};
    case 'error':
      return {
        ...base,
        activity: 'waiting',
        waitingFor: {kind: 'error', detail: report.message || 'the program reports an error'},
      };
    case 'blocked': {
      const kind = report.kind === 'question' ? 'question' : report.kind === 'auth' ? 'login' : 'permission';
      // The report says that it waits; its screen often says better for what.
      const shown = session.signals.screen?.reading.waitingFor ?? null;
      const waitingFor = shown ?? {kind, detail: report.message || kind};
      const reason = `program status: blocked, ${waitingFor.detail}`;
      return {...base, activity: 'waiting', waitingFor, reason};
    }
  }
}

/** A rule that matched on a capture which is not older than the last output. */
function byScreen(session: Session): Verdict | null {
  const screen = session.signals.screen;
  if (screen === null || screen.reading.activity === null) return null;
  const {output} = session.signals;
  const {submitted} = session.signals;
  const newest = Math.max(output?.at ?? 0, submitted?.at ?? 0);
  const current = screen.at + SCREEN_LAG_MS >= newest;
  const {reading} = screen;
  if (reading.activity === 'idle') {
    // Programs repaint their input line while they work: "idle" also needs the quiet that follows.
    return null;
  }
  if (!current) return null;
  return {
    activity: reading.activity ?? 'unknown',
    waitingFor: reading.waitingFor,
    reason: `screen rule ${reading.rule}`,
    by: 'screen',
    wake: null,
  };
}

function byOutput(session: Session, now: number): Verdict {
  const {output, submitted, screen} = session.signals;
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
  return {
    activity: 'idle',
    waitingFor: null,
    reason: `quiet for ${session.quietMs / 1000} s`,
    by: 'output',
    wake: null,
  };
}
