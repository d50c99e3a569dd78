import type {WaitingKind} from '../../source/domain/evidence.ts';
import type {Activity, SessionStatus} from '../../source/domain/session.ts';

/** How long amux may be wrong after a change, in ms, counted from the first screen or event that shows it. */
export const GRACE_MS = 500;

/** What amux said at one moment. Times are ms since the epoch. */
export type Sample = {at: number; status: SessionStatus; activity: Activity | null; waitingFor: WaitingKind | null};

/** What would be right to say. What is left out does not matter. */
export type Expectation = {
  says: string;
  status?: readonly SessionStatus[];
  activity?: readonly (Activity | null)[];
  waitingFor?: readonly WaitingKind[];
};

export const expect = {
  starting: {says: 'starting', activity: ['unknown', 'working', null]},
  /** Some draw an input line before they ask whether the directory is to be trusted. */
  beginning: {says: 'starting', activity: ['unknown', 'working', 'idle', null]},
  working: {says: 'working', status: ['running'], activity: ['working']},
  quiet: {says: 'quiet', status: ['running'], activity: ['idle', 'finished']},
  failed: {says: 'failed', status: ['failed']},
  completed: {says: 'completed', status: ['completed']},
  /** The script cannot know better. */
  anything: {says: 'anything'},
  waiting: (...kinds: WaitingKind[]): Expectation => ({
    says: `waiting for ${kinds.join(' or ')}`,
    status: ['running'],
    activity: ['waiting'],
    waitingFor: kinds,
  }),
} as const;

/** A stretch of truth. Between `earliest` and `shown` the change may or may not have happened: both answers are right. */
export type Phase = {expect: Expectation; earliest: number; shown: number};

export type Change = {to: string; delayMs: number};
export type Judgement = {
  samples: number;
  falseIdle: number;
  /** Longest time that amux was wrong after a change (or in a lapse later), in ms. */
  worstWrongMs: number;
  changes: Change[];
  firstWrong: {at: number; says: string; truth: string; falseIdle: boolean} | null;
};

/** Compares what was said with what was true. Phases are in order; the last one holds until `until`. */
export function judge(samples: readonly Sample[], phases: readonly Phase[], until: number): Judgement {
  const judged = samples.filter(({at}) => at >= phases[0]!.shown && at <= until);
  const result: Judgement = {samples: judged.length, falseIdle: 0, worstWrongMs: 0, changes: [], firstWrong: null};
  let wrongSince: number | null = null;
  let lookedAt = 0;
  for (const sample of judged) {
    const verdict = compare(sample, phases);
    const firstOfPhase = lookedAt < verdict.shown;
    lookedAt = sample.at;
    if (verdict.right) {
      if (wrongSince !== null) result.worstWrongMs = Math.max(result.worstWrongMs, sample.at - wrongSince);
      wrongSince = null;
      continue;
    }
    wrongSince = firstOfPhase ? verdict.shown : (wrongSince ?? sample.at);
    if (verdict.falseIdle) result.falseIdle++;
    if (verdict.excused && !verdict.falseIdle) continue;
    result.firstWrong ??= {
      at: sample.at,
      says: saying(sample),
      truth: phases[verdict.index]!.expect.says,
      falseIdle: verdict.falseIdle,
    };
  }
  const last = judged.at(-1);
  if (wrongSince !== null && last !== undefined) {
    result.worstWrongMs = Math.max(result.worstWrongMs, last.at - wrongSince);
  }
  result.changes = phases.slice(1).map((phase, i) => delayOf(judged, phase, phases[i + 2]?.shown ?? until));
  return result;
}

export const passes = ({falseIdle, firstWrong}: Judgement): boolean => falseIdle === 0 && firstWrong === null;

export function saying({status, activity, waitingFor}: Sample): string {
  if (status !== 'running') return status;
  return waitingFor === null ? String(activity) : `${activity} for ${waitingFor}`;
}

type Comparison = {right: boolean; falseIdle: boolean; excused: boolean; index: number; shown: number};

function compare(sample: Sample, phases: readonly Phase[]): Comparison {
  const index = Math.max(
    0,
    phases.findLastIndex(({shown}) => shown <= sample.at),
  );
  const phase = phases[index]!;
  const next = phases[index + 1];
  const maybeNext = next !== undefined && next.earliest <= sample.at;
  const right = matches(sample, phase.expect) || (maybeNext && matches(sample, next.expect));
  const before = phases[index - 1];
  const turning = before !== undefined && !isWork(before.expect) && sample.at - phase.shown < GRACE_MS;
  const idle = sample.activity === 'idle' || sample.activity === 'finished';
  return {
    right,
    falseIdle: !right && idle && isWork(phase.expect) && !turning,
    excused: index > 0 && sample.at - phase.shown < GRACE_MS,
    index,
    shown: phase.shown,
  };
}

function matches({status, activity, waitingFor}: Sample, expected: Expectation): boolean {
  if (expected.status !== undefined && !expected.status.includes(status)) return false;
  if (expected.activity !== undefined && !expected.activity.includes(activity)) return false;
  return expected.waitingFor === undefined || (waitingFor !== null && expected.waitingFor.includes(waitingFor));
}

const isWork = ({activity, says}: Expectation): boolean => says === 'working' && activity?.includes('working') === true;

/** From the first screen or event that shows the change to the first right answer; all of the phase when none came. */
function delayOf(samples: readonly Sample[], phase: Phase, end: number): Change {
  const right = samples.find(sample => sample.at >= phase.earliest && sample.at < end && matches(sample, phase.expect));
  return {to: phase.expect.says, delayMs: Math.max(0, Math.round((right?.at ?? end) - phase.shown))};
}
