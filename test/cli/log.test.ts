import assert from 'node:assert/strict';
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {openLog, redacted} from '../../source/cli/log.ts';
import {RotatingFile} from '../../source/cli/rotating-file.ts';

function inDirectory(use: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'amux-test-'));
  try {
    use(dir);
  } finally {
    rmSync(dir, {recursive: true});
  }
}

test('the log is JSON lines with level and facts, for its owner only, and as fine as was asked for', () =>
  inDirectory(dir => {
    const {log, close} = openLog({dir, level: 'info'});
    log('info', 'supervisor started', {hosted: 'serve'});
    log('debug', 'request', {status: 200});
    log('error', 'request', {status: 500});
    close();
    const file = join(dir, 'supervisor.log');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const [first, second, ...more] = lines.map(line => JSON.parse(line) as Record<string, unknown>);
    assert.match(String(first?.['time']), /^\d{4}-\d\d-\d\dT/);
    const {time: _time, ...rest} = first ?? {};
    assert.deepEqual(rest, {level: 'info', pid: process.pid, hosted: 'serve', msg: 'supervisor started'});
    assert.equal(second?.['status'], 500);
    assert.deepEqual(more, []);
  }));

test('what looks like a secret does not get into the log', () => {
  const cases = [
    ['https://amux:s3cret@localhost:8822/x', 'https://[redacted]@localhost:8822/x'],
    ['see http://s3cret@host', 'see http://[redacted]@host'],
    ['Authorization: Bearer s3cret-x_y.z=', 'Authorization: Bearer [redacted]'],
    ['"basic YW11eDpz"', '"basic [redacted]"'],
    ['/events?token=s3cret&since=1', '/events?token=[redacted]&since=1'],
    ['https://localhost:8822/a@b', 'https://localhost:8822/a@b'],
  ];
  for (const [text, shown] of cases) assert.equal(redacted(text!), shown);
});

test('a full log begins anew, and the oldest goes', () =>
  inDirectory(dir => {
    const file = new RotatingFile(join(dir, 'x.log'), {maxBytes: 100});
    for (let i = 0; i < 20; i++) file.write(`${String(i).padStart(49, '.')}\n`);
    file.close();
    assert.deepEqual(readdirSync(dir).sort(), ['x.log', 'x.log.1', 'x.log.2', 'x.log.3', 'x.log.4']);
    for (const name of readdirSync(dir)) assert.ok(statSync(join(dir, name)).size <= 100, name);
    assert.match(readFileSync(join(dir, 'x.log'), 'utf8'), /18\n\.+19\n$/);
    assert.match(readFileSync(join(dir, 'x.log.4'), 'utf8'), /10\n\.+11\n$/);
    const again = new RotatingFile(join(dir, 'x.log'), {maxBytes: 100});
    again.write('next\n');
    again.close();
    assert.equal(readFileSync(join(dir, 'x.log'), 'utf8'), 'next\n');
  }));

test('a log that cannot be written does not stop anybody', () => {
  const file = new RotatingFile('/proc/nowhere/x.log');
  file.write('lost\n');
  file.close();
});
