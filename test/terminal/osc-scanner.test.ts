import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createOscScanner} from '../../source/terminal/osc-scanner.ts';

test('reports and titles are found wherever the stream is split', () => {
  const stream = `\u001b[1mhello\u001b]7501;state=working:app=codex\u001b\\text\u001b]0;✦  Working\u0007\u001b]7501;?\u0007\u001b]8;;x\u0007\u001b]2;done\u001b\\\u001b]7501;state=done\u0007\u001b`;
  for (let size = 1; size <= stream.length; size++) {
    const scan = createOscScanner();
    const states: string[] = [];
    const titles: string[] = [];
    for (let at = 0; at < stream.length; at += size) {
      const {reports, title} = scan(stream.slice(at, at + size));
      for (const {state} of reports) states.push(state);
      if (title !== null) titles.push(title);
    }
    assert.deepEqual(states, ['working', 'done'], `chunks of ${size}`);
    assert.equal(titles.at(-1), 'done', `chunks of ${size}`);
  }
});

test('a sequence that never ends, or is cut off by another, does not hide the next', () => {
  const scan = createOscScanner();
  assert.deepEqual(scan(`\u001b]7501;state=idle${'x'.repeat(10_000)}`).reports, []);
  assert.deepEqual(
    scan('\u001b]7501;state=wor\u001b]7501;state=error\u0007').reports.map(({state}) => state),
    ['error'],
  );
});

test('a title is stripped of control characters and cut', () => {
  assert.equal(createOscScanner()(`\u001b]0;a\u0085b${'x'.repeat(300)}\u0007`).title?.length, 200);
  assert.equal(createOscScanner()('\u001b]0;\u0007').title, '');
});
