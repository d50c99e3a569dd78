import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {watchFiles} from '../../source/supervisor/watch-settings.ts';

/** A home whose configuration is written anew, on a clock of its own. */
function opened(context: TestContext) {
  const home = mkdtempSync(join(tmpdir(), 'amux-watch-'));
  context.after(() => rmSync(home, {recursive: true}));
  const config = join(home, 'config.yaml');
  const told: string[] = [];
  let at = 0;
  const files = watchFiles({config, home, now: () => at, note: why => told.push(why)});
  return {
    told,
    /** What holds later, once this stands in the file. */
    after(text: string | null) {
      if (text !== null) writeFileSync(config, text);
      at += 10_000;
      return files.of(null);
    },
  };
}

test('a rule by a wrong name is told with the one that was meant, once for each time that it was written', context => {
  const {told, after} = opened(context);
  after('watchdog:\n  crahs: off\n');
  assert.equal(told.length, 1);
  assert.match(told[0]!, /config\.yaml:2:3: watchdog\.crahs is not known here and has no effect; did you mean crash\?/);
  after(null);
  assert.equal(told.length, 1);
  after('watchdog:\n  crash: off\n  limti: off\n');
  assert.match(told[1]!, /watchdog\.limti is not known .*did you mean limit\?/);
});

test('a file that cannot be read leaves what held before', context => {
  const {told, after} = opened(context);
  const off = after('watchdog: off\n');
  assert.deepEqual(after('watchdog: [\n'), off);
  assert.match(told[0]!, /^the watchdog goes on as before: .*config\.yaml:/);
});
