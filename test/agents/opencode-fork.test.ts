import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {it} from 'node:test';
import {copyOf, forkOpencode} from '../../source/agents/opencode-fork.ts';

const exported = {
  info: {
    id: 'ses_e058c6588ffewVbC5ojdKl4ZHd',
    parentID: 'ses_000000000000wVbC5ojdKl4ZHd',
    projectID: 'p',
    directory: '/first',
    title: 'A title',
    share: {url: 'https://example.com'},
  },
  messages: [
    {
      info: {id: 'msg_1fa739a870013gWCKgNOUccG7M', sessionID: 'ses_e058c6588ffewVbC5ojdKl4ZHd', role: 'user'},
      parts: [
        {
          id: 'prt_1fa739a89001IbPpWG25pKmNIA',
          sessionID: 'ses_e058c6588ffewVbC5ojdKl4ZHd',
          messageID: 'msg_1fa739a870013gWCKgNOUccG7M',
          type: 'text',
          text: 'msg_1fa739a870013gWCKgNOUccG7M is no id here',
        },
      ],
    },
    {
      info: {
        id: 'msg_1fa739a97001vGf68vJSGjF2tO',
        parentID: 'msg_1fa739a870013gWCKgNOUccG7M',
        sessionID: 'ses_e058c6588ffewVbC5ojdKl4ZHd',
        role: 'assistant',
        time: {created: 5},
      },
      parts: [
        {
          id: 'prt_1fa73a0cf001DcdReg3AqkGvu2',
          messageID: 'msg_1fa739a97001vGf68vJSGjF2tO',
          type: 'tool',
          callID: 'call_1',
          state: {status: 'running', input: {command: 'sleep 9'}, time: {start: 7}},
        },
      ],
    },
  ],
};

const counted = (): (() => string) => {
  let count = 0;
  return () => `fresh${++count}`;
};

it('a copy has ids of its own in the same order, another directory, and nothing that still runs', () => {
  const {id, data} = copyOf(exported, {dir: '/second ö', random: counted()});
  assert.equal(id, 'ses_e058c6588ffefresh1');
  assert.deepEqual(data, {
    info: {id, projectID: 'p', directory: '/second ö', title: 'A title (fork)'},
    messages: [
      {
        info: {id: 'msg_1fa739a87001fresh2', sessionID: id, role: 'user'},
        parts: [
          {
            id: 'prt_1fa739a89001fresh3',
            sessionID: id,
            messageID: 'msg_1fa739a87001fresh2',
            type: 'text',
            text: 'msg_1fa739a870013gWCKgNOUccG7M is no id here',
          },
        ],
      },
      {
        info: {
          id: 'msg_1fa739a97001fresh4',
          parentID: 'msg_1fa739a87001fresh2',
          sessionID: id,
          role: 'assistant',
          time: {created: 5, completed: 5},
          error: {name: 'MessageAbortedError', data: {message: 'Aborted'}},
        },
        parts: [
          {
            id: 'prt_1fa73a0cf001fresh5',
            messageID: 'msg_1fa739a97001fresh4',
            type: 'tool',
            callID: 'call_1',
            state: {
              status: 'error',
              input: {command: 'sleep 9'},
              error: 'The conversation was forked while this ran: it ended in the other one.',
              time: {start: 7, end: 7},
            },
          },
        ],
      },
    ],
  });
});

it('it is taken out and brought in by the program itself, and gone on with', async () => {
  const files = mkdtempSync(join(tmpdir(), 'amux-opencode-'));
  const ran: string[][] = [];
  try {
    const {flags, conversation} = await forkOpencode({
      conversation: exported.info.id,
      dir: '/second',
      files,
      run: async args => {
        ran.push([...args]);
        if (args[0] === 'export') return JSON.stringify(exported);
        const brought = JSON.parse(readFileSync(args[1]!, 'utf8')) as typeof exported;
        assert.equal(brought.info.directory, '/second');
        return '';
      },
    });
    assert.deepEqual(ran, [
      ['export', exported.info.id],
      ['import', join(files, 'conversation.json')],
    ]);
    assert.match(conversation ?? '', /^ses_e058c6588ffe\w{14}$/);
    assert.notEqual(conversation, exported.info.id);
    assert.deepEqual(flags, ['-s', conversation]);
  } finally {
    rmSync(files, {recursive: true});
  }
});

it('what is no conversation is no copy', () => {
  assert.throws(() => copyOf({}, {dir: '/second', random: counted()}), /told no conversation/);
});
