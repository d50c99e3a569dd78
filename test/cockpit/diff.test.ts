import assert from 'node:assert/strict';
import {test} from 'node:test';
import {chosenRow, type DiffAction, type Diffs, noDiffs, stepDiff, viewRows} from '../../source/cockpit/diff.ts';
import {messageOf} from '../../source/cockpit/diff-message.ts';
import type {Row} from '../../source/cockpit/diff-rows.ts';
import {width} from '../../source/cockpit/draw/cells.ts';
import {diffFiles, diffText, diffTitle} from '../../source/cockpit/panes/diff.ts';
import {diffOfFiles, fileDiff, sceneDiff} from './changes.ts';
import {loadTheme} from './palettes.ts';

const HEIGHT = 6;
const steps = (diffs: Diffs, ...actions: DiffAction[]): Diffs =>
  actions.reduce((state, action) => stepDiff(state, action, HEIGHT), diffs);
const opened = (diff = sceneDiff()): Diffs =>
  steps(
    noDiffs,
    {do: 'open', session: 's', name: 'payments'},
    {do: 'reading', session: 's'},
    {do: 'read', session: 's', diff},
  );
const shown = (row: Row | null): string =>
  row === null ? '' : row.kind === 'file' ? row.spot.path : row.kind === 'comment' ? `» ${row.text}` : row.text;
const walk = (by: number): DiffAction => ({do: 'walk', by});
const comment = (diffs: Diffs, text: string): Diffs =>
  steps(diffs, {do: 'comment', id: null, session: 's', spot: chosenRow(diffs)!.spot, text});

test('files, hunks and lines stand in order, with the numbers that they have now', () => {
  const rows = viewRows(opened());
  assert.deepEqual(rows.filter(row => row.kind !== 'line').map(shown), [
    'docs/new ö.md',
    '@@ -0,0 +1,2 @@',
    'logo.png',
    'src/new.ts',
    'src/refunds.ts',
    '@@ -40,3 +40,4 @@ export function refund() {',
    '@@ -90,2 +91,1 @@',
  ]);
  const numbers = rows
    .filter(row => row.file === 3 && row.kind === 'line')
    .map(({spot}) => `${spot.line![0]}${spot.at}`);
  assert.deepEqual(numbers, [' 40', '-41', '+41', '+42', ' 43', '-90', ' 91']);
});

test('the chosen row stays in sight, and goes from hunk to hunk and file to file', () => {
  const diffs = opened();
  const at = (...actions: DiffAction[]) => shown(chosenRow(steps(diffs, ...actions)));
  const file: DiffAction = {do: 'next', what: 'file', by: 1};
  const hunk: DiffAction = {do: 'next', what: 'hunk', by: 1};
  assert.equal(at(file), 'logo.png');
  assert.equal(at(file, file, file, file, file), 'src/refunds.ts');
  assert.equal(at(hunk, hunk, hunk), '@@ -90,2 +91,1 @@');
  assert.equal(at(hunk, hunk, {...hunk, by: -1}), '@@ -0,0 +1,2 @@');
  assert.equal(at(walk(-5)), 'docs/new ö.md');
  const end = steps(diffs, walk(1000));
  assert.equal(shown(chosenRow(end)), ' stays');
  for (const each of [end, steps(end, walk(-3)), steps(end, walk(-9)), steps(end, {do: 'edge', to: 'first'})]) {
    const {top, at: chosen} = each.view!;
    assert.ok(top <= chosen && chosen < top + HEIGHT, `${chosen} in ${top}…`);
  }
  const tops = [hunk, file].map(action => steps(diffs, action).view!).map(view => [view.at, view.top]);
  assert.deepEqual(
    tops,
    [
      [1, 0],
      [4, 4],
    ],
    'a head that would stand at the lower edge comes to the upper one',
  );
  assert.equal(stepDiff(diffs, walk(-1), HEIGHT), diffs, 'nothing changed, nothing is drawn');
});

test('a comment stands beneath its line, is changed and taken away, and keeps its place in a new reading', () => {
  const line = steps(opened(), {do: 'edge', to: 'last'}, walk(-4));
  assert.match(shown(chosenRow(line)), /^\+ {2}\/\/ very long/);
  const commented = comment(steps(line, walk(-1)), 'from an\nenvironment');
  const texts = (diffs: Diffs) => viewRows(diffs).map(shown);
  const at = texts(commented).indexOf('» from an');
  assert.match(texts(commented)[at - 1]!, /idempotency/);
  assert.equal(texts(commented)[at + 1], '» environment');
  assert.match(shown(chosenRow(commented)), /idempotency/);
  const changed = steps(commented, {...commented.comments[0]!, do: 'comment', text: 'shorter'});
  assert.deepEqual(
    texts(changed).filter(text => text.startsWith('»')),
    ['» shorter'],
  );
  // Lines came in front of it, in the same hunk and in a file before.
  const later = sceneDiff();
  later.files[3]!.hunks[0]!.lines.unshift(' // one', ' // two');
  later.files.unshift(fileDiff({path: 'a', hunks: [{heading: '', from: [1, 1], to: [1, 1], lines: ['-a', '+b']}]}));
  const moved = steps(changed, {do: 'read', session: 's', diff: later});
  assert.match(texts(moved)[texts(moved).indexOf('» shorter') - 1]!, /idempotency/);
  assert.match(shown(chosenRow(moved)), /idempotency/);
  // Its file is not among them any more: it is still there, and says what it is about.
  const gone = steps(moved, {do: 'read', session: 's', diff: diffOfFiles([fileDiff({path: 'other'})])});
  assert.deepEqual(texts(gone), ['other', '» src/refunds.ts:41: shorter']);
  assert.equal(messageOf(gone.comments, 'main').endsWith('\nshorter'), true);
  assert.deepEqual(steps(moved, {...moved.comments[0]!, do: 'comment', text: ' '}).comments, []);
  assert.deepEqual(steps(moved, {do: 'drop', ids: [1]}).comments, []);
});

test('comments of one session are none of another, and outlive the view', () => {
  const other = steps(
    comment(opened(), 'first'),
    {do: 'open', session: 't', name: 'other'},
    {do: 'read', session: 't', diff: sceneDiff()},
  );
  assert.ok(viewRows(other).every(row => row.kind !== 'comment'));
  const back = steps(
    other,
    {do: 'open', session: 's', name: 'payments'},
    {do: 'read', session: 's', diff: sceneDiff()},
  );
  assert.equal(viewRows(back).filter(row => row.kind === 'comment').length, 1);
  // An answer that comes too late is of nobody.
  assert.equal(steps(back, {do: 'read', session: 't', diff: null}), back);
});

test('the message names place and line of each comment, and holds nothing that acts on a terminal', () => {
  const hostile = comment(steps(opened(), walk(3)), 'what is this?');
  const all = comment(steps(hostile, {do: 'next', what: 'hunk', by: 1}), 'this hunk\nas well');
  const whole = comment(steps(all, {do: 'next', what: 'file', by: -1}), 'and this file');
  assert.equal(
    messageOf(whole.comments, 'main'),
    [
      '3 comments on your changes since main:',
      '',
      'docs/new ö.md:2  @@ -0,0 +1,2 @@',
      '> +^[[31mred^[]0;title^G  end',
      'what is this?',
      '',
      'src/refunds.ts:40  @@ -40,3 +40,4 @@ export function refund() {',
      'this hunk',
      'as well',
      '',
      'src/refunds.ts',
      'and this file',
    ].join('\n'),
  );
});

test('every line is as wide as its pane, whatever stands in it', () => {
  const nasty = diffOfFiles([
    fileDiff({
      path: `${'目录/'.repeat(30)}\x1b[2J\n文件.ts`,
      hunks: [
        {
          heading: '批量'.repeat(80),
          from: [1, 1],
          to: [1, 2],
          lines: ['-\t\t退\t款', `+${'👩‍👩‍👧'.repeat(60)}`, '\\ No newline at end of file', ''],
        },
      ],
      cut: 'the rest of it',
    }),
    fileDiff({path: 'm', modes: {from: '100644', to: '100755'}}),
    ...sceneDiff().files,
  ]);
  const terminals: Record<string, string>[] = [
    {LANG: 'C.UTF-8', COLORTERM: 'truecolor'},
    {LANG: 'C', NO_COLOR: '1'},
  ];
  for (const env of terminals) {
    const theme = loadTheme('dark', env);
    for (const cols of [20, 40, 59, 60, 80, 120, 200]) {
      for (const left of [0, 8, 33]) {
        const diffs = steps(comment(opened(nasty), '批量 '.repeat(40)), {do: 'aside', by: left});
        const rows = viewRows(diffs);
        const view = {...diffs.view!, at: 3};
        const drawn = [
          ...diffText({theme, size: {cols, rows: rows.length + 2}, view, rows}),
          ...diffFiles({theme, size: {cols, rows: 12}, files: nasty.files, chosen: 1, commented: new Set(['m'])}),
          diffTitle({theme, columns: cols, view, diff: nasty, comments: 3}),
        ];
        for (const text of drawn) {
          const plain = text.replace(/\x1b\[[\d;]*m/g, '');
          assert.equal(width(plain), cols, `${cols}: ${JSON.stringify(plain)}`);
          assert.doesNotMatch(plain, /\p{Cc}/u);
        }
      }
    }
  }
});

test('what could not be read is said above the files, also when there are none', () => {
  const what = "some untracked files: 'sub/' does not have a commit checked out";
  const rows = viewRows(opened({...diffOfFiles([]), cut: [what]}));
  assert.deepEqual(rows.map(shown), [`not shown: ${what}`]);
  const some = viewRows(opened({...sceneDiff(), cut: [what]}));
  assert.deepEqual(some.slice(0, 2).map(shown), [`not shown: ${what}`, 'docs/new ö.md']);
});

test('in 40 columns the title says whose changes these are, and that they are not all', () => {
  const theme = loadTheme('dark', {LANG: 'C.UTF-8'});
  const diffs = opened({...sceneDiff(), cut: ['more']});
  const title = diffTitle({theme, columns: 40, view: diffs.view!, diff: diffs.view!.diff, comments: 0});
  assert.match(title.replaceAll(/\x1b\[[\d;]*m/g, ''), /^ payments.* not all of it {2}\+4 {2}−2 $/);
});
