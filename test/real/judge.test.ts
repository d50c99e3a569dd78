import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {expect, judge, type Phase, passes, type Sample} from './judge.ts';

/** Samples every 100 ms from 0: `w` working, `i` idle, `f` finished, `u` unknown, `p` waiting for permission, `x` failed. */
const said = (letters: string): Sample[] => [...letters].map((letter, i) => ({...sayings[letter]!, at: i * 100}));

const running = (activity: Sample['activity'], waitingFor: Sample['waitingFor'] = null): Omit<Sample, 'at'> => ({
  status: 'running',
  activity,
  waitingFor,
});
const sayings: Record<string, Omit<Sample, 'at'>> = {
  w: running('working'),
  i: running('idle'),
  f: running('finished'),
  u: running('unknown'),
  p: running('waiting', 'permission'),
  q: running('waiting', 'question'),
  x: {status: 'failed', activity: 'unknown', waitingFor: null},
};

const phase = (expectation: Phase['expect'], shown: number, earliest = shown): Phase => ({
  expect: expectation,
  shown,
  earliest,
});
const turn = [phase(expect.quiet, 0), phase(expect.working, 300), phase(expect.quiet, 1500, 1200)];

const table: {title: string; said: string; phases: Phase[]; passes: boolean; falseIdle?: number; worst?: number}[] = [
  {title: 'a status that follows at once is right', said: 'iiiwwwwwwwwwwwwfff', phases: turn, passes: true, worst: 0},
  {title: 'idle may last for the grace into work', said: 'iiiiiiiwwwwwwwwfff', phases: turn, passes: true, worst: 400},
  {title: 'idle beyond the grace is false', said: 'iiiiiiiiiwwwwwwfff', phases: turn, passes: false, falseIdle: 1},
  {title: 'idle in the middle of work is false', said: 'iiiwwwwwiwwwwwwfff', phases: turn, passes: false, falseIdle: 1},
  {title: 'finished counts as idle', said: 'iiiwwwwwfwwwwwwfff', phases: turn, passes: false, falseIdle: 1},
  {title: 'between answer and screen both are right', said: 'iiiwwwwwwwwwfwffff', phases: turn, passes: true, worst: 0},
  {
    title: 'idle before the answer ended is false',
    said: 'iiiwwwwwwwwfffffff',
    phases: turn,
    passes: false,
    falseIdle: 1,
  },
  {
    title: 'working may last for the grace after a turn',
    said: 'iiiwwwwwwwwwwwwwwwwwff',
    phases: turn,
    passes: true,
    worst: 500,
  },
  {
    title: 'working beyond it is wrong',
    said: 'iiiwwwwwwwwwwwwwwwwwwwwff',
    phases: turn,
    passes: false,
    falseIdle: 0,
    worst: 800,
  },
  {
    title: 'unknown in the middle of work is wrong, and not idle',
    said: 'iiiwwwwwwwwwuwwfff'.replace('wuw', 'uww'),
    phases: turn,
    passes: false,
    falseIdle: 0,
    worst: 100,
  },
  {
    title: 'idle between work and a dialog is false although the dialog is on its way',
    said: 'wwwwiwpppp',
    phases: [phase(expect.working, 0), phase(expect.waiting('permission'), 600, 300)],
    passes: false,
    falseIdle: 1,
  },
  {
    title: 'working may outlast the first screen of a dialog by the grace',
    said: 'wwwwwwwwwwwpppp',
    phases: [phase(expect.working, 0), phase(expect.waiting('permission'), 600, 300)],
    passes: true,
    worst: 500,
  },
  {
    title: 'the wrong kind of waiting is wrong',
    said: 'wwwwwwqqqqqqqqq',
    phases: [phase(expect.working, 0), phase(expect.waiting('permission'), 600, 300)],
    passes: false,
  },
  {
    title: 'a death is seen',
    said: 'wwwwxxx',
    phases: [phase(expect.working, 0), phase(expect.failed, 300)],
    passes: true,
    worst: 100,
  },
];

describe('judging a status', () => {
  for (const {title, said: letters, phases, passes: good, falseIdle, worst} of table) {
    it(title, () => {
      const samples = said(letters);
      const verdict = judge(samples, phases, samples.at(-1)!.at);
      assert.equal(passes(verdict), good, JSON.stringify(verdict));
      if (falseIdle !== undefined) assert.equal(verdict.falseIdle, falseIdle);
      if (worst !== undefined) assert.equal(verdict.worstWrongMs, worst);
    });
  }

  it('tells for each change how long the right answer took', () => {
    const samples = said('iiiiiwwwwwwwwwwwwfff');
    const {changes} = judge(samples, turn, 1900);
    assert.deepEqual(changes, [
      {to: 'working', delayMs: 200},
      {to: 'quiet', delayMs: 200},
    ]);
  });

  it('names the first wrong sample and the truth at that moment', () => {
    const {firstWrong} = judge(said('iiiwwwwwiwwwwwwfff'), turn, 1700);
    assert.deepEqual(firstWrong, {at: 800, says: 'idle', truth: 'working', falseIdle: true});
  });
});
