import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parseProgramStatus} from '../../source/terminal/program-status.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const empty = {id: '', kind: '', message: '', progress: null};

test('a report is read with all its fields', () => {
  assert.deepEqual(
    parseProgramStatus(`state=blocked:app=claude-code:kind=question:msg=${base64('answer: Which? (Red · Blue)')}`),
    {...empty, state: 'blocked', kind: 'question', message: 'answer: Which? (Red · Blue)'},
  );
  assert.deepEqual(parseProgramStatus('state=working:progress=42'), {...empty, state: 'working', progress: 42});
});

test('a child record carries its id, so that it cannot be taken for the program itself', () => {
  assert.equal(parseProgramStatus('state=working:id=a27c:title=c3Vi')?.id, 'a27c');
  assert.deepEqual(parseProgramStatus('state=clear:id=a27c'), {...empty, state: 'clear', id: 'a27c'});
});

test('what is no report is null', () => {
  for (const payload of ['', '?', 'state', 'state=', 'state=dancing', 'app=x', 'state=idle:junk', '=idle']) {
    assert.equal(parseProgramStatus(payload), null, payload);
  }
});

test('a message is stripped of control characters, and an unreadable one does not cost the state', () => {
  assert.equal(parseProgramStatus(`state=blocked:msg=${base64('a\u001b]52;c;x\u0007b\nc')}`)?.message, 'a]52;c;xb c');
  assert.deepEqual(parseProgramStatus('state=blocked:msg=%%%'), {...empty, state: 'blocked'});
  assert.deepEqual(parseProgramStatus('state=blocked:msg=/w=='), {...empty, state: 'blocked'});
});
