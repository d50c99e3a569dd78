import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {arrivalsOf} from './arrivals.ts';

const sent = ['a', 'b', 'c', 'd'];
const none = {lost: [], doubled: [], outOfOrder: []};

const table: {title: string; lists: string[][]; is: ReturnType<typeof arrivalsOf>}[] = [
  {title: 'each once, in order', lists: [['a'], ['a', 'b'], ['a', 'b', 'c', 'd']], is: {arrived: 4, ...none}},
  {title: 'several may come with one request', lists: [['a'], ['a', 'b', 'c', 'd']], is: {arrived: 4, ...none}},
  {title: 'a restart begins a new conversation', lists: [['a', 'b'], ['c'], ['c', 'd']], is: {arrived: 4, ...none}},
  {
    title: 'an interrupted message that the program forgets did arrive',
    lists: [['a'], ['a', 'b'], ['a', 'c', 'd']],
    is: {arrived: 4, ...none},
  },
  {title: 'what never came is lost', lists: [['a'], ['a', 'b', 'd']], is: {arrived: 3, ...none, lost: ['c']}},
  {title: 'twice is twice', lists: [['a', 'b', 'b', 'c', 'd']], is: {arrived: 4, ...none, doubled: ['b']}},
  {
    title: 'twice in two conversations, too',
    lists: [
      ['a', 'b'],
      ['c', 'b', 'd'],
    ],
    is: {arrived: 4, ...none, doubled: ['b']},
  },
  {
    title: 'an overtaken message is out of order',
    lists: [['a', 'c', 'b', 'd']],
    is: {arrived: 4, ...none, outOfOrder: ['b']},
  },
  {title: 'requests without a mark say nothing', lists: [[], ['a', 'b', 'c', 'd'], []], is: {arrived: 4, ...none}},
];

describe('judging arrivals', () => {
  for (const {title, lists, is} of table) it(title, () => assert.deepEqual(arrivalsOf(sent, lists), is));
});
