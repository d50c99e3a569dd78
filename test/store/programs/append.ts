// Appends as fast as it can and reports each acknowledged cursor; killed by its test. argv: HOME [SEGMENT_BYTES]
import {writeSync} from 'node:fs';
import {pathsOf} from '../../../source/config/paths.ts';
import {openStore} from '../../../source/store/store.ts';
import {message, session} from '../records.ts';

const [home = '', segmentBytes = '4000000'] = process.argv.slice(2);
const store = await openStore({
  paths: pathsOf(home),
  readOnly: false,
  now: () => 1000,
  segmentBytes: Number(segmentBytes),
});
const base = {at: 1000, actor: 'cli', session: null, reason: 'a test'};
store.append({...base, type: 'session.registered', changes: [{kind: 'session.put', session: session('s1')}]});
say('__READY__\n');
for (let number = store.cursor; ; number++) {
  const id = `m${number}`;
  const text = `${id} ${'x'.repeat(number % 5000)}`;
  const kept = message(id, {text, position: number});
  const {cursor} = store.append({...base, type: 'message.queued', changes: [{kind: 'message.put', message: kept}]});
  say(`${cursor} ${id}\n`);
  // Lets the database be written now and then.
  if (number % 200 === 0) await new Promise(resolve => setImmediate(resolve));
}

function say(line: string): void {
  for (let rest = Buffer.from(line); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // The pipe is full and does not block: its reader is slower.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
