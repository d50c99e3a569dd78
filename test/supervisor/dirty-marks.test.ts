import assert from 'node:assert/strict';
import {mkdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {after, describe, it} from 'node:test';
import type {EventView, Fleet} from '../../source/domain/fleet.ts';
import {DirtyMarks} from '../../source/supervisor/dirty-marks.ts';
import {GitLog} from '../helpers/git-log.ts';
import {supervise} from '../helpers/live-home.ts';
import {gitIn, ownGitHome, put, TestRepository} from '../helpers/repository.ts';

const home = ownGitHome();
after(() => rmSync(home, {recursive: true, force: true}));

/** The entries of a fleet from now on, and a wait for one of them. */
function listen(fleet: Fleet) {
  const ending = new AbortController();
  const events = fleet.events({since: 0, signal: ending.signal})[Symbol.asyncIterator]();
  return {
    async until(holds: (event: EventView) => boolean): Promise<EventView> {
      for (;;) {
        const {value, done} = await events.next();
        assert.ok(done !== true, 'the events ended');
        if (holds(value)) return value;
      }
    },
    [Symbol.dispose]: () => ending.abort(),
  };
}

const marked = (path: string, files: number) => (event: EventView) =>
  event.type === 'workspace.changed' &&
  event.reason === `${path}: ${files} file${files === 1 ? '' : 's'} not committed`;

describe('how many files are not committed', () => {
  it('is counted when a session starts, ends or rests, and shown of session and workspace', async () => {
    await using supervised = await supervise();
    const fleet = supervised.supervisor.as('test');
    using events = listen(fleet);
    const {root: cwd} = new TestRepository(supervised.work);
    const {path} = await fleet.createWorkspace({name: 'x', cwd});
    put(join(path, 'dir', 'a'), 'x');
    put(join(path, 'dir', 'b'), 'x');
    put(join(path, 'keys.secret'), 'ignored');
    const {id} = await fleet.run({cwd, agent: 'generic', command: 'cat', name: 'agent'});
    await events.until(marked(path, 2));
    assert.deepEqual((await fleet.session(id)).dirty, {files: 2});
    assert.deepEqual(
      (await fleet.workspaces({cwd})).map(view => [view.id, view.dirty]),
      [
        ['main', null],
        ['x', {files: 2}],
      ],
    );
    put(join(path, 'file.txt'), 'changed');
    await fleet.stop(id, {force: true});
    await events.until(marked(path, 3));
    gitIn(path, 'add', '.');
    gitIn(path, 'commit', '-q', '-m', 'work');
    await fleet.mergeWorkspace('x', {cwd});
    await events.until(marked(path, 0));
    assert.deepEqual((await fleet.session(id)).dirty, {files: 0});
  });

  it('costs git nothing while nothing happens, one process at a time in the background, and one for a list', async () => {
    await using supervised = await supervise();
    const fleet = supervised.supervisor.as('test');
    using events = listen(fleet);
    const {root: cwd} = new TestRepository(supervised.work);
    const names = Array.from({length: 12}, (_, i) => `w${i}`);
    for (const name of names) {
      const {path} = await fleet.createWorkspace({name, cwd});
      put(join(path, 'new'), 'x');
      await fleet.register({name, dir: path, agent: 'generic', command: 'cat'});
    }
    using git = new GitLog(supervised.work);
    const unmarked = new Set(names);
    await Promise.all(names.map(name => fleet.start(name)));
    while (unmarked.size > 0) {
      const {reason} = await events.until(({type}) => type === 'workspace.changed');
      unmarked.delete(/workspaces\/(w\d+): 1 file/.exec(reason)?.[1] ?? '');
    }
    assert.equal(git.atOnce(/ status /), 1);
    const isList = (line: string) => line.includes('worktree list');
    assert.deepEqual(
      git.started.filter(line => !/ status |worktree list/.test(line)),
      [],
    );
    const before = git.started.length;
    // What a cockpit and its clients ask for, all the time.
    for (let i = 0; i < 50; i++) {
      await fleet.sessions();
      await fleet.peek(names[i % names.length]!);
    }
    assert.deepEqual(
      git.started.slice(before).filter(line => !line.includes(' status ')),
      [],
    );
    await fleet.workspaces({cwd});
    assert.equal(git.started.slice(before).filter(isList).length, 1);
    assert.equal(git.atOnce(/ status /), 1);
  });
});

describe('the pass', () => {
  type Look = {top: string; answer: (files: number | null) => void};

  /** Trees `a`, `b`, `c`; looks wait for their answer. */
  function pass() {
    const looks: Look[] = [];
    const told: string[] = [];
    let wake = () => {};
    const dirs = ['a', 'b', 'c'].map(name => join(home, 'trees', name));
    for (const dir of dirs) {
      mkdirSync(join(dir, '.git'), {recursive: true});
      put(join(dir, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    }
    const marks = new DirtyMarks({
      look: top =>
        new Promise(resolve => {
          looks.push({top, answer: files => resolve(files === null ? null : {files})});
          wake();
        }),
      changed: (top, {files}) => told.push(`${top.at(-1)} ${files}`),
    });
    return {
      marks,
      looks,
      told,
      dirs,
      next: async (count: number): Promise<Look> => {
        while (looks.length < count) await new Promise<void>(resolve => (wake = resolve));
        return looks[count - 1]!;
      },
    };
  }

  it('makes one look of many wishes, and the next tree waits for it', async () => {
    const {marks, looks, told, dirs, next} = pass();
    for (let i = 0; i < 20; i++) for (const dir of dirs) marks.want(dir);
    const first = await next(1);
    marks.want(dirs[2]!);
    assert.equal(looks.length, 1);
    first.answer(4);
    (await next(2)).answer(0);
    (await next(3)).answer(1);
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(
      looks.map(({top}) => top),
      dirs,
    );
    assert.deepEqual([told, marks.of(dirs[0]!), marks.of(dirs[1]!)], [['a 4', 'c 1'], {files: 4}, {files: 0}]);
    marks.close();
  });

  it('nothing is counted for a directory that is gone, not even what changed around it', async () => {
    const {marks, dirs, next} = pass();
    const gone = join(dirs[0]!, '.amux', 'workspaces', 'x');
    mkdirSync(gone, {recursive: true});
    marks.want(gone);
    (await next(1)).answer(4);
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(marks.of(gone), {files: 4});
    rmSync(gone, {recursive: true});
    marks.want(gone);
    assert.equal(marks.of(gone), null);
    marks.close();
  });

  it('what changes during a look is looked at again, and nothing is told after the end', async () => {
    const {marks, told, dirs, next} = pass();
    marks.want(dirs[0]!);
    const first = await next(1);
    marks.want(dirs[0]!);
    first.answer(1);
    const second = await next(2);
    assert.equal(second.top, dirs[0]);
    marks.close();
    second.answer(2);
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(told, ['a 1']);
  });

  it('a look that failed leaves nothing behind but that nobody knows; outside of repositories nobody looks', async () => {
    const {marks, looks, told, dirs, next} = pass();
    mkdirSync(join(dirs[0]!, 'deep'));
    marks.want(home);
    marks.want(join(dirs[0]!, 'deep'));
    (await next(1)).answer(null);
    marks.want(dirs[1]!);
    (await next(2)).answer(1);
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual([looks.length, told, marks.of(join(dirs[0]!, 'deep')), marks.of(home)], [2, ['b 1'], null, null]);
    marks.close();
  });
});
