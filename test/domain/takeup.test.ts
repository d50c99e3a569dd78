import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import type {Message} from '../../source/domain/steering.ts';
import {type CutSeen, takeUp} from '../../source/domain/takeup.ts';
import type {Cut} from '../../source/domain/watch.ts';
import {message} from '../store/records.ts';

const cut = (change: Partial<Cut> = {}): Cut => {
  return {run: 'r1', startedAt: 100, at: 1000, busy: true, since: 500, message: 'm1', ...change};
};
const entered = (change: Partial<Message> = {}): Message =>
  message('m1', {state: 'delivered', changedAt: 600, since: {at: 550, file: 'f', offset: 3}, ...change});
const given = (change: Partial<CutSeen> = {}) => {
  const seen = {cut: cut(), messages: [entered()], resumed: true, history: null, compactCommand: '/compact', ...change};
  const {queue, delivered, goOn} = takeUp(seen);
  return {queue: queue.map(({id}) => id), delivered: delivered.map(({id}) => id), goOn};
};
const turn = (...marks: ['begun' | 'ended' | 'compacted', number][]) => ({
  prompts: [{text: 'text of m1', at: 560}],
  marks: marks.map(([state, at]) => ({state, at})),
});
const nothing = {queue: [], delivered: [], goOn: false};
const goOn = {...nothing, goOn: true};
const uncertain = entered({state: 'uncertain', changedAt: 1100});

describe('what a crash cut off, with a conversation that goes on', () => {
  const cases: [string, Partial<CutSeen>, object][] = [
    ['a turn that its history shows as begun is continued', {history: turn(['begun', 560])}, goOn],
    [
      'one that its history shows as ended is not, whatever was seen',
      {history: turn(['begun', 560], ['ended', 900])},
      nothing,
    ],
    ['without a history it counts what was seen', {}, goOn],
    [
      'a message that waits again began no turn',
      {messages: [entered({state: 'queued'})], history: turn(['begun', 400])},
      nothing,
    ],
    ['nothing is done for one at rest', {cut: cut({busy: false})}, nothing],
    [
      'an interrupt that its history does not tell of was seen',
      {cut: cut({busy: false, since: 800}), history: turn(['begun', 560])},
      nothing,
    ],
    [
      'a turn that began while nobody looked is continued',
      {cut: cut({busy: false}), history: turn(['begun', 560])},
      goOn,
    ],
    [
      'what stands in its history has arrived',
      {messages: [uncertain], history: turn(['begun', 560])},
      {...goOn, delivered: ['m1']},
    ],
    [
      'what does not stand there is sent',
      {cut: cut({busy: false, message: null}), messages: [uncertain], history: {prompts: [], marks: []}},
      {...nothing, queue: ['m1']},
    ],
    [
      'the same text from before does not count',
      {messages: [uncertain], history: {prompts: [{text: 'text of m1', at: 500}], marks: [{state: 'ended', at: 501}]}},
      {...nothing, queue: ['m1']},
    ],
    [
      'what became uncertain long before stays so',
      {messages: [{...uncertain, changedAt: -9000}], history: turn(['ended', 900])},
      nothing,
    ],
    [
      'what asks it to continue is not asked twice',
      {
        messages: [entered(), message('go-on-s1-1', {state: 'queued'})],
        history: turn(['begun', 560]),
      },
      nothing,
    ],
    [
      'a compaction is begun again',
      {messages: [entered({text: '/compact', asCommand: true})], history: turn(['ended', 540])},
      {...nothing, queue: ['m1']},
    ],
    [
      'one that came to its end is not',
      {messages: [entered({text: '/compact', asCommand: true})], history: turn(['ended', 540], ['compacted', 700])},
      nothing,
    ],
    [
      'another command is not given again',
      {messages: [entered({text: '/model x', asCommand: true})], history: turn(['ended', 540])},
      nothing,
    ],
  ];
  for (const [title, change, outcome] of cases) test(title, () => assert.deepEqual(given(change), outcome));
});

describe('what a crash cut off, without a conversation', () => {
  const cases: [string, Partial<CutSeen>, object][] = [
    ['its last message is delivered again', {}, {...nothing, queue: ['m1']}],
    ['not after its turn', {cut: cut({busy: false, since: 800})}, nothing],
    [
      'the one that was typed last counts, not the one that the session knew of last',
      {cut: cut({message: 'm0', busy: false}), messages: [message('m0', {state: 'delivered'}), entered()]},
      {...nothing, queue: ['m1']},
    ],
    ['what did not arrive is delivered', {messages: [uncertain]}, {...nothing, queue: ['m1']}],
    ['what waits already is not queued twice', {messages: [entered({state: 'queued'})]}, nothing],
    ['there may have been none', {cut: cut({message: null}), messages: []}, nothing],
  ];
  for (const [title, change, outcome] of cases) {
    test(title, () => assert.deepEqual(given({resumed: false, ...change}), outcome));
  }
});
