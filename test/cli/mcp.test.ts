// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they stand in a configuration.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, afterEach, before, beforeEach, describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import type {EventView} from '../../source/domain/fleet.ts';
import type {McpListing} from '../../source/domain/mcp.ts';
import {assertFailed, expectText, Home, until} from '../helpers/home.ts';
import {holders, isAlive} from '../helpers/processes.ts';

const tiny = fileURLToPath(new URL('../fixtures/tiny-mcp.mjs', import.meta.url));
const seed = readFileSync(new URL('../fixtures/seed/mcp.json', import.meta.url), 'utf8');
const node = process.execPath;

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home[Symbol.asyncDispose]());
const file = () => join(home.path, 'mcp.json');
const written = () => (JSON.parse(readFileSync(file(), 'utf8')) as {mcpServers: Record<string, unknown>}).mcpServers;

describe('amux mcp', () => {
  test('list shows what the guide prints, which variables are missing, and starts nothing for that', async () => {
    writeFileSync(file(), seed);
    const out = await home.amux('mcp', 'list');
    const [header, ...rows] = out.trim().split('\n');
    assert.match(header!, /^NAME +RUNS +VARIABLES +GIVEN TO +NOT TO$/);
    assert.match(rows[1]!, /^github +npx -y @modelcontextprotocol\/server-github +GITHUB_TOKEN \(not set\) +- +-$/);
    assert.equal(rows.length, 3);
    assert.deepEqual(holders(home.dir), []);
    home.env['GITHUB_TOKEN'] = 'x';
    const {servers} = await home.json<McpListing>('mcp', 'ls');
    assert.deepEqual(servers[1]?.variables, [{name: 'GITHUB_TOKEN', set: true}]);
  });

  test('add and remove change the file, for its owner alone, and the journal names what, never a value', async () => {
    assert.match(await home.amux('mcp'), /^none yet · amux mcp add NAME -- COMMAND/);
    assert.match(await home.amux('mcp', 'add', 'fs', '--', 'npx', '-y', '--env', 'fs server', '/data'), /^fs added \(/);
    await home.amux('mcp', 'add', 'git', '--env', 'GITHUB_TOKEN', '--env', 'X=y=z', '--cwd', '/srv', '--', 'git-mcp');
    const remote = ['https://x.test/mcp', '--header', 'Authorization: Bearer verysecretvalue'];
    await home.amux('mcp', 'add', 'web', ...remote, '--type', 'sse');
    assert.deepEqual(written(), {
      fs: {command: 'npx', args: ['-y', '--env', 'fs server', '/data']},
      git: {command: 'git-mcp', env: {GITHUB_TOKEN: '${GITHUB_TOKEN}', X: 'y=z'}, cwd: '/srv'},
      web: {type: 'sse', url: 'https://x.test/mcp', headers: {Authorization: 'Bearer verysecretvalue'}},
    });
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    const listing = await home.json<McpListing>('mcp', 'list');
    assert.deepEqual(listing.mcpServers['web']?.headers, {Authorization: 'Bea…'});
    assert.match(await home.amux('mcp', 'rm', 'fs'), /^fs removed \(/);
    const again = await home.run(['mcp', 'add', 'git', '--', 'other']);
    assertFailed(again, 4, /there is an MCP server "git" already · amux mcp add git --replace/);
    await home.amux('mcp', 'add', 'git', '--replace', '--', 'other');
    assert.deepEqual(written()['git'], {command: 'other'});
    const events = linesOf<EventView>(await home.amux('events', '-n', '20', '--json')).filter(
      ({type}) => type === 'mcp.changed',
    );
    assert.deepEqual(
      events.map(({reason, actor}) => [reason, actor]),
      ['fs added', 'git added', 'web added', 'fs removed', 'git changed'].map(what => [`MCP servers: ${what}`, 'cli']),
    );
    assert.doesNotMatch(JSON.stringify(events), /verysecret/);
  });

  for (const [what, args, code, says] of [
    ['without a command', ['add', 'a'], 2, /how is a started\? · amux mcp add a -- COMMAND/],
    ['with both', ['add', 'a', 'https://x', '--', 'x'], 2, /a has a URL and "x"/],
    ['with variables for a URL', ['add', 'a', 'https://x', '--env', 'A=b'], 2, /takes --header/],
    ['with a header for a program', ['add', 'a', '--header', 'A=b', '--', 'x'], 2, /a program takes --env/],
    ['with a header that is none', ['add', 'a', 'https://x', '--header', 'A'], 2, /--header "A" has no "="/],
    ['with a name that cannot be one', ['add', 'a.b', '--', 'x'], 1, /a\.b: its name has to be letters, digits/],
    ['under the name of amux', ['add', 'amux', '--', 'x'], 1, /this is the name of amux’s own server/],
    ['with an address that is none', ['add', 'a', '--type', 'http', 'ftp://x'], 1, /a: url: expected https/],
    ['that is not there', ['remove', 'a'], 3, /no MCP server "a" · amux mcp list shows them/],
    ['that nobody knows', ['test', 'a'], 3, /no MCP server "a"/],
  ] as const) {
    test(`refuses one ${what}`, async () => {
      assertFailed(await home.run(['mcp', ...args]), code, says);
    });
  }

  test('a file that cannot be read is told with its place, and never written', async () => {
    writeFileSync(file(), '{"mcpServers": {\n  "a": }}');
    const listed = await home.run(['mcp', 'list']);
    assert.deepEqual([listed.code, listed.out], [1, '']);
    assert.match(listed.err, /mcp\.json:2:8: value expected/);
    const place = /mcp\.json:2:8: value expected · correct it there, or move the file away/;
    assertFailed(await home.run(['mcp', 'add', 'b', '--', 'x']), 1, place);
    assertFailed(await home.run(['mcp', 'test', 'a']), 1, /mcp\.json:2:8: value expected/);
    const doctor = await home.run(['doctor']);
    assert.match(doctor.out, /✗ mcp +\S+mcp\.json:2:8: value expected/);
    assert.equal(readFileSync(file(), 'utf8'), '{"mcpServers": {\n  "a": }}');
  });
});

describe('amux mcp test', () => {
  const add = (name: string, ...words: string[]) => {
    const servers = {[name]: {command: words[0], args: words.slice(1), env: {GIVEN: '${GIVEN:-nothing}'}}};
    writeFileSync(file(), JSON.stringify({mcpServers: servers}));
  };

  test('starts a server, lists its tools, and leaves nothing behind', async () => {
    add('tiny', 'sh', '-c', `sleep 1000 & echo $! > ${home.work}/pid; exec ${node} ${tiny}`);
    const out = await home.amux('mcp', 'test', 'tiny');
    assert.match(
      out,
      /^tiny \(tiny 1\.0\) answered in \d+\.\d s: 4 tools\nTOOL +WHAT IT DOES\necho +Says the text again\.\n/,
    );
    const tested = await home.json<{tools: {name: string}[]; ms: number}>('mcp', 'test', 'tiny');
    assert.deepEqual(
      tested.tools.map(({name}) => name),
      ['echo', 'variable', 'note', 'place'],
    );
    assert.equal(isAlive(Number(readFileSync(join(home.work, 'pid'), 'utf8'))), false);
    assert.deepEqual(holders(home.dir), []);
  });

  for (const [what, words, says] of [
    ['there is no program', ['no-such-program'], /t does not answer as an MCP server: there is no such program/],
    ['it ends', ['sh', '-c', 'echo it is broken >&2; exit 3'], /it ended at once, exit code 3 · above is what it said/],
    ['it is killed', ['sh', '-c', 'kill -9 $$'], /it ended at once, killed by SIGKILL/],
    ['it is no server', ['sh', '-c', 'echo hello; exit 0'], /exit code 0; it prints what is no message: hello/],
  ] as const) {
    test(`says why it does not answer: ${what}`, async () => {
      add('t', ...words);
      const result = await home.run(['mcp', 'test', 't']);
      assert.equal(result.code, 1);
      assert.equal(result.out, '');
      assert.match(result.err, says);
      if (what === 'it ends') assert.match(result.err, /^ {2}it is broken\namux: /);
    });
  }

  for (const [what, does] of [
    ['never answers', 'while :; do sleep 1000; done'],
    ['prints without end', 'exec yes no message'],
  ] as const)
    test(`a server that ${what} is given up by Ctrl-C, and gone then`, {timeout: 20_000}, async () => {
      add('hangs', 'sh', '-c', `trap "" TERM HUP; echo $$ > ${home.work}/pid; ${does}`);
      const child = home.spawn(['mcp', 'test', 'hangs']);
      const pid = await until('its start', () => Number(readIf(join(home.work, 'pid'))) || null);
      child.kill('SIGINT');
      const said = expectText(child.stderr, /it was interrupted/);
      const [code] = (await once(child, 'close')) as [number];
      assert.equal(code, 1);
      await said;
      assert.equal(isAlive(pid), false);
    });

  test('takes variables from here, or from --env, and names the one that is missing', async () => {
    const needs = {
      command: 'sh',
      args: ['-c', `test "$GIVEN" = yes && exec ${node} ${tiny}`],
      env: {GIVEN: '${WANTED}'},
    };
    writeFileSync(file(), JSON.stringify({mcpServers: {needs}}));
    assertFailed(await home.run(['mcp', 'test', 'needs']), 1, /needs needs the variable WANTED, which is not set/);
    await home.amux('mcp', 'test', 'needs', '--env', 'WANTED=yes');
    home.env['WANTED'] = 'yes';
    await home.amux('mcp', 'test', 'needs');
  });

  describe('over HTTP', () => {
    let port = 0;
    let server: ReturnType<typeof listening>;
    before(async () => {
      server = listening();
      port = Number(await expectText(server.stdout, /\d+\n/));
    });
    after(() => void server.kill());
    const tools = async (type: string, path: string, key: string) => {
      const web = {type, url: `http://127.0.0.1:${port}${path}`, headers: {Authorization: 'Bearer ${KEY}'}};
      writeFileSync(file(), JSON.stringify({mcpServers: {web}}));
      return home.run(['mcp', 'test', 'web', '--json'], {env: {KEY: key}});
    };

    for (const [type, path] of [
      ['http', '/mcp'],
      ['sse', '/sse'],
    ] as const) {
      test(`${type} is asked with its headers`, async () => {
        const {code, out, err} = await tools(type, path, 'key');
        assert.equal(code, 0, err);
        assert.equal((JSON.parse(out) as {tools: unknown[]}).tools.length, 4);
        const refused = await tools(type, path, 'wrong');
        assert.equal(refused.code, 1);
        assert.match(refused.err, /401/);
        assert.doesNotMatch(refused.err, /wrong/);
      });
    }

    test('a header that cannot be sent is told without its value, and an address that is none as that', async () => {
      const result = await tools('http', '/mcp', 'a-secret\nX: y');
      assert.match(result.err, /one of its headers cannot be sent/);
      assert.doesNotMatch(result.err, /a-secret/);
      writeFileSync(file(), JSON.stringify({mcpServers: {web: {url: '${BASE}/mcp'}}}));
      assertFailed(await home.run(['mcp', 'test', 'web', '--env', 'BASE=none']), 1, /its url is no address/);
    });

    test('nobody who listens is told as that', async () => {
      const web = {url: 'http://127.0.0.1:1/mcp'};
      writeFileSync(file(), JSON.stringify({mcpServers: {web}}));
      assertFailed(
        await home.run(['mcp', 'test', 'web']),
        1,
        /web does not answer as an MCP server: .*ECONNREFUSED|bad port/,
      );
    });
  });
});

describe('amux mcp exec', () => {
  // Not every Node can put a program in the place of itself.
  const without = '--import=data:text/javascript,process.execve=undefined';
  for (const options of ['', without])
    test(`becomes the server, with the values of its environment, at its directory, and with pipes that wait ${options}`, async () => {
      const flags = join(home.work, 'flags');
      // Node sets its own pipes as it likes: a shell looks at them first.
      const line = `cat /proc/self/fdinfo/[012] > "${flags}"; exec "$0" "$@"`;
      const args = ['-c', line, node, tiny, '${ARG}'];
      const given = {command: 'sh', args, env: {TOKEN: 'x-${SECRET}'}, cwd: home.dir};
      const servers = join(home.work, 'servers.json');
      writeFileSync(servers, JSON.stringify({mcpServers: {given}}));
      const child = home.spawn(['mcp', 'exec', '--file', servers, 'given'], {
        env: {SECRET: 's3cret', ARG: 'an arg', NODE_OPTIONS: options},
      });
      const call = (id: number, method: string, params: object) =>
        child.stdin.write(`${JSON.stringify({jsonrpc: '2.0', id, method, params})}\n`);
      call(1, 'initialize', {protocolVersion: '2025-06-18', capabilities: {}, clientInfo: {name: 'x', version: '1'}});
      call(2, 'tools/call', {name: 'variable', arguments: {name: 'TOKEN'}});
      call(3, 'tools/call', {name: 'place', arguments: {}});
      const out = await expectText(child.stdout, /"id":3/);
      assert.match(out, /x-s3cret/);
      assert.match(out, new RegExp(`cwd.*${home.dir}[^/]`));
      assert.match(out, /an arg/);
      const process = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
      if (options === '') assert.match(process, /tiny-mcp/, 'the same process');
      assert.doesNotMatch(process, /s3cret/);
      child.stdin.end();
      const [code] = (await once(child, 'close')) as [number];
      assert.equal(code, 0);
      const octal = [...readFileSync(flags, 'utf8').matchAll(/^flags:\s*(\d+)/gm)].map(([, bits]) =>
        Number.parseInt(bits!, 8),
      );
      const O_NONBLOCK = 0o4000;
      assert.deepEqual(
        octal.map(bits => bits & O_NONBLOCK),
        [0, 0, 0],
      );
    });

  test('says in one line what it cannot run', async () => {
    const servers = join(home.work, 'servers.json');
    writeFileSync(
      servers,
      '{"mcpServers": {"none": {"command": "no-such-program"}, "nowhere": {"command": "ls", "cwd": "/no-such-place"}, "web": {"url": "https://x"}}}',
    );
    const exec = (name: string) => home.run(['mcp', 'exec', '--file', servers, name]);
    assertFailed(await exec('none'), 1, /none does not answer as an MCP server: there is no program no-such-program/);
    assertFailed(await exec('nowhere'), 1, /there is no directory \/no-such-place/);
    assertFailed(await exec('web'), 2, /web is no program/);
    assertFailed(await exec('other'), 3, /no MCP server "other"/);
  });
});

const linesOf = <T>(text: string): T[] =>
  text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T);

const listening = () => spawn(node, [tiny, '--http', 'Bearer key'], {stdio: ['ignore', 'pipe', 'inherit']});

function readIf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return ''; // Not yet.
  }
}
