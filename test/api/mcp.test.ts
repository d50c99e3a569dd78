// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they stand in a configuration.
import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {describe, it} from 'node:test';
import type {McpListing} from '../../source/domain/mcp.ts';
import {Served} from './served.ts';

const two = {
  git: {command: 'git-mcp', env: {GITHUB_TOKEN: '${GITHUB_TOKEN}'}},
  web: {type: 'http', url: 'https://x.test/mcp', headers: {Authorization: 'Bearer verysecretvalue'}},
};

describe('the fleet’s MCP servers over the API', () => {
  it('are replaced as one, shown without their secrets, and masked values stand for those that are there', async () => {
    await using served = await Served.open();
    const put = async (mcpServers: unknown, headers = {}) =>
      (await served.ask('/api/mcp', {method: 'PUT', body: {mcpServers}, headers})) as {
        status: number;
        body: McpListing;
      };
    const {status, body} = await put(two);
    assert.equal(status, 200);
    assert.deepEqual(body.mcpServers['web']?.headers, {Authorization: 'Bea…'});
    assert.deepEqual(body.servers[0], {
      name: 'git',
      variables: [{name: 'GITHUB_TOKEN', set: process.env['GITHUB_TOKEN'] !== undefined}],
      given: [],
      left_out: [],
    });
    assert.deepEqual(body.problems, []);
    const {web, git} = body.mcpServers;
    const back = await put({git: {...git, args: ['-v']}, web}, {'if-match': `"${body.etag}"`});
    assert.equal(back.status, 200);
    const file = readFileSync(served.paths.mcp, 'utf8');
    assert.match(file, /Bearer verysecretvalue/);
    assert.match(file, /"-v"/);
    const stale = await put({}, {'if-match': `"${body.etag}"`});
    assert.equal(stale.status, 409);
    assert.equal((await put({})).status, 200);
    assert.deepEqual(JSON.parse(readFileSync(served.paths.mcp, 'utf8')), {mcpServers: {}});
  });

  it('are added and taken away one by one', async () => {
    await using served = await Served.open();
    const code = async (path: string, method: string, body?: unknown) => {
      const answer = await served.ask(path, {method, ...(body === undefined ? {} : {body})});
      const {error} = answer.body as {error?: {code: string}};
      return `${answer.status} ${error?.code ?? ''}`.trim();
    };
    const one = {name: 'git', server: two.git};
    assert.equal(await code('/api/mcp', 'POST', one), '201');
    assert.equal(await code('/api/mcp', 'POST', one), '409 mcp.exists');
    assert.equal(await code('/api/mcp', 'POST', {...one, replace: true}), '201');
    assert.equal(await code('/api/mcp', 'POST', {name: 'amux', server: two.git}), '422 mcp.invalid');
    assert.equal(await code('/api/mcp', 'POST', {name: 'x', server: {}}), '422 mcp.invalid');
    assert.equal(await code('/api/mcp', 'POST', {name: 'x', server: {command: 3}}), '400 input.invalid');
    assert.equal(
      await code('/api/mcp', 'PUT', {mcpServers: {x: {command: 'x', env: {A_TOKEN: '***'}}}}),
      '422 mcp.invalid',
    );
    assert.equal(await code('/api/mcp', 'PUT', {}), '400 input.invalid');
    assert.equal(await code('/api/mcp/git', 'DELETE'), '200');
    assert.equal(await code('/api/mcp/git', 'DELETE'), '404 mcp.unknown');
    const many = Object.fromEntries(Array.from({length: 101}, (_, i) => [`s${i}`, {command: 'x'}]));
    assert.equal(await code('/api/mcp', 'PUT', {mcpServers: many}), '422 mcp.invalid');
    writeFileSync(served.paths.mcp, '{');
    assert.equal(await code('/api/mcp', 'PUT', {mcpServers: {}}), '422 mcp.invalid');
    const {body} = await served.ask('/api/mcp', {});
    assert.equal((body as McpListing).problems[0]?.line, 1);
  });
});
