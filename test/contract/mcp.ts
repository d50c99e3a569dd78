// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they stand in a configuration.
import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import type {AmuxError, ErrorCode} from '../../source/domain/errors.ts';
import type {McpEntry} from '../../source/domain/mcp.ts';
import type {ReadSubject, Subject} from './fleet.ts';

const fails = (code: ErrorCode) => (error: AmuxError) => error.code === code;
const server: McpEntry = {command: 'git-mcp', args: ['--token', 'hunter2'], env: {T: '${T_OF_NOBODY}'}, timeout: 5};
const masked = {...server, args: ['--token', '***']};

/** What a home gives to all its sessions. */
export function mcpContract(open: (context: TestContext) => Promise<Subject>): void {
  test('an MCP server is added once, shown without its secrets, and taken away', async context => {
    const {fleet, another} = await open(context);
    assert.deepEqual((await fleet.mcpServers()).mcpServers, {});
    const listing = await fleet.addMcpServer({name: 'git', server});
    assert.deepEqual(plain(listing.mcpServers), {git: masked});
    const variables = [{name: 'T_OF_NOBODY', set: false}];
    assert.deepEqual(listing.servers, [{name: 'git', variables, given: [], left_out: []}]);
    assert.deepEqual(await (await another()).mcpServers(), listing);
    await assert.rejects(fleet.addMcpServer({name: 'git', server: {command: 'x'}}), fails('mcp.exists'));
    await assert.rejects(fleet.addMcpServer({name: 'amux', server}), fails('mcp.invalid'));
    const changed = await fleet.addMcpServer({name: 'git', server: {...masked, timeout: 9}, replace: true});
    assert.notEqual(changed.etag, listing.etag);
    await assert.rejects(fleet.removeMcpServer('svn'), fails('mcp.unknown'));
    assert.deepEqual((await fleet.removeMcpServer('git')).mcpServers, {});
  });

  test('all of them are replaced as one, unless somebody changed them meanwhile', async context => {
    const {fleet} = await open(context);
    const {etag} = await fleet.replaceMcpServers({git: server, web: {url: 'https://x.test'}});
    await fleet.removeMcpServer('web');
    await assert.rejects(fleet.replaceMcpServers({}, {etag}), fails('mcp.changed'));
    const same = await fleet.replaceMcpServers({git: masked});
    assert.deepEqual(plain(same.mcpServers), {git: masked});
    await assert.rejects(fleet.replaceMcpServers({svn: masked}), fails('mcp.invalid'));
    assert.deepEqual(await fleet.mcpServers(), same);
  });
}

/** For whoever reads. */
export function mcpReadingContract(open: (context: TestContext) => Promise<ReadSubject>): void {
  test('the MCP servers of a home can be read', async context => {
    const {fleet} = await open(context);
    const {mcpServers, problems, servers, file} = await fleet.mcpServers();
    assert.deepEqual([mcpServers, problems, servers], [{}, [], []]);
    assert.match(file, /\/mcp\.json$/);
  });
}

/** As JSON has it: objects of a parser may lack what others have. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
