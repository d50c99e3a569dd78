import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createStatusScanner, parseProgramStatus} from '../../source/terminal/program-status.ts';

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

test('the scanner finds reports wherever the stream is split', () => {
  const stream = `\u001b[1mhello\u001b]7501;state=working:app=codex\u001b\\text\u001b]0;title\u0007\u001b]7501;?\u0007\u001b]7501;state=done\u0007\u001b`;
  for (let size = 1; size <= stream.length; size++) {
    const scanner = createStatusScanner();
    const states: string[] = [];
    for (let at = 0; at < stream.length; at += size) {
      for (const status of scanner.push(stream.slice(at, at + size))) states.push(status.state);
    }
    assert.deepEqual(states, ['working', 'done'], `chunks of ${size}`);
  }
});

test('a sequence that never ends, or is cut off by another, does not hide the next', () => {
  const scanner = createStatusScanner();
  assert.deepEqual(scanner.push(`\u001b]7501;state=idle${'x'.repeat(10_000)}`), []);
  assert.deepEqual(
    scanner.push('\u001b]7501;state=wor\u001b]7501;state=error\u0007').map(status => status.state),
    ['error'],
  );
});
